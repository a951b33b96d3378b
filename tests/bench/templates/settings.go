// $NRaw is the settings of the $n service as they are read.
type $NRaw struct{ Port, Limit, Mode string }

// $NSettings are settings that make sense.
type $NSettings struct {
	Port, Limit int64
	Mode        $NMode
}

type $NMode interface{ is$NMode() }

type $NQuiet struct{}
type $NLoud struct{}
type $NCustom struct{ Name string }

func ($NQuiet) is$NMode()  {}
func ($NLoud) is$NMode()   {}
func ($NCustom) is$NMode() {}

func $nNumber(name, text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New(name + " is no number: " + text)
	}
	return number, nil
}

func $nModeOf(text string) $NMode {
	switch other := strings.ToLower(text); other {
	case "quiet":
		return $NQuiet{}
	case "$w":
		return $NLoud{}
	case "":
		return nil
	default:
		return $NCustom{other}
	}
}

func $nBetween(number, low, high int64) (int64, error) {
	if number >= low && number <= high {
		return number, nil
	}
	return 0, errors.New("out of range: " + strconv.FormatInt(number, 10))
}

func $nRead(raw $NRaw) (settings $NSettings, err error) {
	port, err := $nNumber("port", raw.Port)
	if err != nil {
		return settings, err
	}
	if port, err = $nBetween(port, 1, $1); err != nil {
		return settings, err
	}
	limit, err := $nNumber("limit", raw.Limit)
	if err != nil {
		return settings, err
	}
	if limit, err = $nBetween(limit, 0, $2); err != nil {
		return settings, err
	}
	mode := $nModeOf(raw.Mode)
	if mode == nil {
		mode = $NQuiet{}
	}
	return $NSettings{Port: port, Limit: limit, Mode: mode}, nil
}

func $nCost(settings $NSettings) int64 {
	base := settings.Port%10 + settings.Limit
	switch it := settings.Mode.(type) {
	case $NQuiet:
		return base
	case $NLoud:
		return base * 2
	case $NCustom:
		if it.Name == "$v" {
			return base + $3
		}
	}
	return base + $4
}

func $nRawOf(roll int64) $NRaw {
	mode := ""
	if roll%2 == 0 {
		mode = "$w"
	} else if roll%3 == 0 {
		mode = "$v"
	}
	limit := "many"
	if roll%5 != 0 {
		limit = strconv.FormatInt(roll%50, 10)
	}
	return $NRaw{Port: strconv.FormatInt(roll*3, 10), Limit: limit, Mode: mode}
}

func check$N(seed int64) int64 {
	return kernel.SumBy(kernel.Rolls(seed, 15), func(roll int64) int64 {
		settings, problem := $nRead($nRawOf(roll))
		if problem == nil {
			return $nCost(settings)
		} else if strings.HasPrefix(problem.Error(), "out") {
			return 1
		}
		return 2
	})
}
