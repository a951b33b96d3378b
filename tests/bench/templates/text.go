// $NWord is a word of a $n text with what is known of it.
type $NWord struct {
	Text  string
	Count int64
	First int64
}

func $nText(seed int64) string {
	words := kernel.Map(kernel.Rolls(seed, $2), func(roll int64) string {
		if roll%3 == 0 {
			return "$w"
		}
		return kernel.Label("$v", roll%5)
	})
	return strings.Join(words, " ")
}

func $nCount(words []string) map[string]int64 {
	counts := map[string]int64{}
	for _, word := range words {
		before := counts[word]
		counts[word] = before + 1
	}
	return counts
}

func $nWords(text string) []$NWord {
	words := []$NWord{}
	for word, count := range $nCount(strings.Split(text, " ")) {
		words = append(words, $NWord{Text: word, Count: count, First: count * $1})
	}
	return words
}

func $nShown(word $NWord) string {
	return strings.ToUpper(word.Text) + ": " + strconv.FormatInt(word.Count, 10) + " (" + strconv.FormatInt(word.First, 10) + ")"
}

func $nTitle(text string) string {
	parts := strings.Split(text, "-")
	switch len(parts) {
	case 0:
		return "nothing"
	case 1:
		return parts[0]
	case 2:
		return parts[1] + " " + parts[0]
	default:
		return parts[0] + " and more"
	}
}

func $nRare(words []$NWord) []string {
	rare := kernel.Filter(words, func(word $NWord) bool { return word.Count <= $3 })
	return kernel.Map(rare, func(word $NWord) string { return $nTitle(word.Text) })
}

func $nIsLong(text string) bool { return len(text) > $3 || strings.Contains(text, "$v") }

func check$N(seed int64) int64 {
	words := $nWords($nText(seed))
	page := strings.Join(kernel.Map(words, func(word $NWord) string { return $nShown(word) }), "\n")
	long := kernel.CountWhere($nRare(words), func(text string) bool { return $nIsLong(text) })
	if strings.HasPrefix(page, "X") {
		return 0
	}
	return long + kernel.SumBy(words, func(word $NWord) int64 { return word.First })
}
