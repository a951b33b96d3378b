//! The pages of a small program, as pictures, and programs that mean harm.

mod support;

use dark_hir::FileKind;
use support::pages;

const OPTION: &str = "/// Values that may be absent.
module Darklang.Stdlib.Option

/// A value, or nothing.
type Option<'a> =
  /// There is one.
  | Some of 'a
  | None

/// The value changed by a function, if there is one. Nothing stays nothing.
///
///     Stdlib.Option.map (Some 1) (fun n -> n + 1) == Some 2
let map (option: Option<'a>) (fn: 'a -> 'b) : Option<'b> =
  match option with
  | Some value -> Some (fn value)
  | None -> None

module Internal =
  let secret (n: Int) : Int = n
";

const HTTP: &str = "module Darklang.Stdlib.Http

type Request = { url: String; headers: List<(String * String)>; body: Blob }

type Response = { statusCode: Int; headers: List<(String * String)>; body: Blob }
";

const SHOP: &str = "/// Sells things. See `Cart.total`, [Stdlib.Option.map] and <https://example.com>.
///
/// # How
///
/// | a | b |
/// | - | - |
/// | 1 | 2 |
module Shop

/// What names a product.
type Sku = String

/// What can be bought.
type Product =
  { /// Shown to customers.
    title: String
    price: Int }

/// Everything in stock.
[<DB>]
type Products = Product

/// The product, if we have it. More is said here.
[<HttpHandler(\"GET\", \"/products/:sku\")>]
let show (sku: Sku) : Stdlib.Option.Option<Product> = None

/// Takes an order.
[<HttpHandler(\"POST\", \"/orders\")>]
let order (request: Stdlib.Http.Request) (body: List<Product>) : Int = Cart.total body

/// Sends a letter.
[<Worker>]
let letter (product: Product) : Unit = ()

/// Counts at night.
[<Cron(\"Every1Day\")>]
let tally () : Unit = ()

/// How many kinds there are.
val kinds = 7

module Cart =
  /// The sum of all prices, what a customer pays, in a signature that does not fit on one line.
  let total (products: List<Product>) : Int = 0

  let weigh (products: List<Product>) (weight: Product -> Stdlib.Option.Option<Float>) (unit: ()) : (Float * String) =
    (1.0, \"g\")
";

#[test]
fn a_program_and_its_library_as_pages() {
    let shop = SHOP.replace(" (unit: ())", "");
    let pages = pages(&[
        ("option.dark", OPTION, FileKind::Std),
        ("http.dark", HTTP, FileKind::Std),
        ("work/shop.dark", &shop, FileKind::Package),
        ("work/tests/shop.dark", "let helper (n: Int) : Int = n\nhelper 1 = 1\n", FileKind::Test),
    ]);
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    insta::assert_snapshot!("files", names.join("\n"));
    for name in ["index.html", "Shop.html", "Shop.Cart.html", "Stdlib.Option.html", "search-index.js"] {
        let page = pages.iter().find(|page| page.name == name).expect(name);
        // What is around the text is pictured once.
        let text = match name.starts_with("Shop.") {
            true => &page.text[page.text.find("<main").unwrap_or(0)..page.text.find("<footer").unwrap_or(0)],
            false => &page.text,
        };
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn a_script_without_a_module_has_a_page() {
    let pages =
        pages(&[("work/hello.dark", "/// Twice.\nlet twice (n: Int) : Int = n * 2\n\ntwice 2\n", FileKind::Script)]);
    let page = pages.iter().find(|page| page.name == "program.html").expect("the page");
    assert!(page.text.contains("<h3 id=\"twice\">"), "{}", page.text);
    assert!(page.text.contains("hello.dark:2"), "{}", page.text);
}

#[test]
fn names_and_comments_that_mean_harm_are_text() {
    let text = "/// <script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](https://example.com/b.png)
///
/// <div onclick=\"alert(1)\">
///
///     \"</code></pre><script>alert(1)</script>\"
///
/// [c](data:text/html,x) [d](//example.com) [e](http://example.com/\"onclick=alert(1)) <javascript:alert(1)>
module Shop

/// `</code><script>alert(1)</script>`
let ``</h3><script>alert(1)</script>`` (``\" onclick=alert(1)``: Int) : Int = 1

[<HttpHandler(\"GET\", \"/<script>alert(1)</script>\")>]
let route () : Int = 1

module ``../../etc/<b>`` =
  let inside (n: Int) : Int = n
";
    let pages = pages(&[("work/<script>.dark", text, FileKind::Package)]);
    for page in &pages {
        assert!(!page.name.contains(['/', '<', '>', '"']), "{}", page.name);
        if page.name.ends_with(".html") {
            harmless(&page.text);
        }
    }
    let index = pages.iter().find(|page| page.name == "search-index.js").expect("the index");
    let rows = index.text.trim_start_matches("var darkIndex = ").trim_end().trim_end_matches(';');
    serde_json::from_str::<serde_json::Value>(rows).expect("nothing but data");
}

/// Every tag is one that we write, with attributes that we write.
#[track_caller]
fn harmless(page: &str) {
    const TAGS: &str = "a b body code dd details div dl dt em footer h1 h2 h3 h4 h5 h6 head header html input kbd label li link \
                        main meta nav ol p pre script section span strong summary table tbody td th thead title tr ul";
    for tag in page.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap_or_default();
        let name = inside.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
        assert!(name == "!DOCTYPE" || TAGS.split_whitespace().any(|it| it == name), "<{inside}>");
        let names: Vec<&str> = inside.split("=\"").filter_map(|part| part.rsplit([' ', '"']).next()).collect();
        assert!(!names.iter().any(|it| it.starts_with("on") || *it == "style"), "<{inside}>");
    }
    assert_eq!(page.matches("<script").count(), 1, "our own");
    for address in support::attributes(page, "href").into_iter().chain(support::attributes(page, "src")) {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme);
        assert!(matches!(scheme, None | Some("http" | "https" | "data")), "{address}");
        assert!(scheme != Some("data") || address == "data:,", "{address}");
    }
}
