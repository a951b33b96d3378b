// $NLine is a line of the $n ledger.
type $NLine struct {
	Title    string
	Price    kernel.Money
	Quantity int64
}

// $NProblem is why a $n line is refused.
type $NProblem interface{ is$NProblem() }

type $NEmpty struct{}
type $NTooMany struct{ Count int64 }
type $NTooDear struct{ Price kernel.Money }

func ($NEmpty) is$NProblem()   {}
func ($NTooMany) is$NProblem() {}
func ($NTooDear) is$NProblem() {}

func $nLine(seed int64) $NLine {
	return $NLine{Title: kernel.Label("$w", seed), Price: kernel.MoneyOf(seed%$1 + 5), Quantity: seed % $2}
}

func $nWorth(line $NLine) int64 { return line.Price.Amount * line.Quantity }

func $nChecked(line $NLine) ($NLine, $NProblem) {
	if line.Quantity == 0 {
		return line, $NEmpty{}
	} else if line.Quantity > $3 {
		return line, $NTooMany{line.Quantity}
	} else if line.Price.Amount > $4 {
		return line, $NTooDear{line.Price}
	}
	return line, nil
}

func $nWeight(problem $NProblem) int64 {
	switch it := problem.(type) {
	case $NEmpty:
		return 1
	case $NTooMany:
		return it.Count + 2
	case $NTooDear:
		return it.Price.Amount % 100
	}
	panic("no such problem")
}

func $nTotal(lines []$NLine) int64 {
	many := kernel.Filter(lines, func(line $NLine) bool { return line.Quantity > 1 })
	worths := kernel.Map(many, func(line $NLine) int64 { return $nWorth(line) })
	return kernel.Fold(worths, 0, func(total int64, worth int64) int64 { return total + worth })
}

func $nDoubled(line $NLine) $NLine {
	line.Quantity *= 2
	line.Title += "$v"
	return line
}

func check$N(seed int64) int64 {
	lines := kernel.Map(kernel.Rolls(seed, 20), func(roll int64) $NLine { return $nLine(roll) })
	problems := kernel.SumBy(lines, func(line $NLine) int64 {
		fine, problem := $nChecked(line)
		if problem == nil {
			return $nWorth($nDoubled(fine))
		}
		return $nWeight(problem)
	})
	return $nTotal(lines) + problems
}
