// $NToken is what the $n machine reads.
type $NToken interface{ is$NToken() }

type $NNumber struct{ Value int64 }
type $NPlus struct{}
type $NTimes struct{}
type $NWord struct{ Text string }

func ($NNumber) is$NToken() {}
func ($NPlus) is$NToken()   {}
func ($NTimes) is$NToken()  {}
func ($NWord) is$NToken()   {}

// $NState is what is left to read, and what is known.
type $NState struct {
	Rest   []$NToken
	Stack  []int64
	Errors []string
}

func $nToken(roll int64) $NToken {
	if roll%4 == 0 {
		return $NPlus{}
	} else if roll%4 == 1 {
		return $NTimes{}
	} else if roll%$1 == 2 {
		return $NWord{"$w"}
	}
	return $NNumber{roll % $2}
}

func $nPush(state $NState, value int64) $NState {
	state.Stack = append(state.Stack, value%10007)
	return state
}

func $nStep(state $NState, token $NToken) $NState {
	count := len(state.Stack)
	switch it := token.(type) {
	case $NNumber:
		return $nPush(state, it.Value)
	case $NPlus:
		if count >= 2 {
			a, b := state.Stack[count-1], state.Stack[count-2]
			state.Stack = state.Stack[:count-2]
			return $nPush(state, a+b)
		}
	case $NTimes:
		if count >= 2 {
			a, b := state.Stack[count-1], state.Stack[count-2]
			state.Stack = state.Stack[:count-2]
			return $nPush(state, a*b)
		}
	case $NWord:
		state.Errors = append(state.Errors, it.Text)
		return state
	}
	state.Errors = append(state.Errors, "$v")
	return state
}

func $nRun(state $NState) $NState {
	for len(state.Rest) > 0 {
		token := state.Rest[0]
		state.Rest = state.Rest[1:]
		state = $nStep(state, token)
	}
	return state
}

func $nResult(state $NState) kernel.Outcome[int64] {
	count := len(state.Stack)
	if count > 0 && len(state.Errors) == 0 {
		return kernel.Done[int64]{Value: state.Stack[count-1]}
	} else if count > 0 {
		return kernel.Retry[int64]{After: state.Stack[count-1] + kernel.SumBy(state.Errors, func(string) int64 { return $3 })}
	} else if len(state.Errors) > 0 {
		return kernel.Failed[int64]{Reason: state.Errors[0]}
	}
	return kernel.Failed[int64]{}
}

func check$N(seed int64) int64 {
	tokens := kernel.Map(kernel.Rolls(seed, $4), func(roll int64) $NToken { return $nToken(roll) })
	start := $NState{Rest: tokens, Stack: []int64{1}, Errors: nil}
	outcome := $nResult($nRun(start))
	return kernel.Score(kernel.MapOutcome(outcome, func(value int64) int64 { return kernel.Clamp(value, 0, 5000) }))
}
