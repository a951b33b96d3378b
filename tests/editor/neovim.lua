-- What a person would do: open a file, break it, mend it, complete a field, jump to another file, format.
-- Written for Neovim 0.7 (Debian 12) and later. Exit code 0 and a line per claim, or the first claim that fails.

local failed = false

local function say(text)
  io.stdout:write(text .. "\n")
end

local function claim(name, holds, detail)
  if holds then
    say("ok   " .. name)
  else
    say("FAIL " .. name .. (detail and (": " .. vim.inspect(detail)) or ""))
    failed = true
  end
end

local function wait(name, condition)
  local holds = vim.wait(10000, condition, 5)
  claim(name, holds, vim.diagnostic.get(0))
end

local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end

-- Replaces the first occurrence of `old` in the buffer, as an edit.
local function replace(old, new)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local from, to = line:find(old, 1, true)
    if from then
      vim.api.nvim_buf_set_text(0, row - 1, from - 1, row - 1, to, vim.split(new, "\n", { plain = true }))
      return
    end
  end
  error("no `" .. old .. "` in the buffer")
end

-- Line and column (both from 0) just behind the first occurrence of `text`.
local function behind(text)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local _, to = line:find(text, 1, true)
    if to then
      return { line = row - 1, character = to }
    end
  end
  error("no `" .. text .. "` in the buffer")
end

local function request(method, position, options)
  local params = { textDocument = vim.lsp.util.make_text_document_params(), position = position, options = options }
  local answers, problem = vim.lsp.buf_request_sync(0, method, params, 10000)
  if not answers then
    error(method .. ": " .. tostring(problem))
  end
  for _, answer in pairs(answers) do
    return answer.result
  end
end

local function main()
  vim.cmd("edit orders.dark")
  local opened = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  local client = vim.lsp.start_client({
    name = "darkc",
    cmd = { vim.env.DARKC, "lsp" },
    root_dir = vim.fn.getcwd(),
    flags = { debounce_text_changes = 0 },
  })
  if not client then
    error("darkc lsp could not be started")
  end
  vim.lsp.buf_attach_client(0, client)
  claim("the server answers initialize", vim.wait(10000, function()
    local it = vim.lsp.get_client_by_id(client)
    return it ~= nil and it.initialized == true
  end, 5))

  replace("order.price.amount", 'order.price.amount + "1"')
  wait("a type error appears while typing", function()
    return #errors() == 1
  end)
  replace(' + "1"', "")
  wait("and goes when it is mended", function()
    return #errors() == 0
  end)

  replace("order.price.amount", "order.price.")
  local answer = request("textDocument/completion", behind("order.price."))
  local labels = {}
  for _, item in ipairs(answer and (answer.items or answer) or {}) do
    table.insert(labels, item.label)
  end
  claim("a record field completes", vim.tbl_contains(labels, "amount") and vim.tbl_contains(labels, "currency"), labels)
  replace("order.price.", "order.price.amount")
  -- The first `order.price.` of the file is the one just mended: leave the buffer as it was.
  wait("the mended file has no error", function()
    return #errors() == 0
  end)

  local hover = request("textDocument/hover", behind("Orders.Money.sho"))
  local text = hover and hover.contents and hover.contents.value or ""
  claim("hover shows the type", text:find("Price", 1, true) ~= nil and text:find("String", 1, true) ~= nil, hover)

  local target = request("textDocument/definition", behind("Orders.Money.sho"))
  target = target and (target[1] or target)
  claim("go to definition jumps into another file", target ~= nil and target.uri:match("money%.dark$") ~= nil, target)
  claim("and to the name there", target ~= nil and target.range.start.line == 5 and target.range.start.character == 4, target)

  replace("let total (order: Order) : Int =", "let   total (order:Order):Int   =")
  local edits = request("textDocument/formatting", nil, { tabSize = 2, insertSpaces = true })
  vim.lsp.util.apply_text_edits(edits or {}, vim.api.nvim_get_current_buf(), "utf-16")
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  claim("the file is formatted", vim.tbl_contains(lines, "let total (order: Order) : Int ="), lines)
  claim("and nothing else has changed", vim.deep_equal(lines, opened), lines)
end

local fine, problem = pcall(main)
if not fine then
  claim("the script runs", false, problem)
end
vim.lsp.stop_client(vim.lsp.get_active_clients(), true)
vim.cmd(failed and "cquit 1" or "qall!")
