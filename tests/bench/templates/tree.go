// $NTree keeps entries of the $n index in order.
type $NTree[V any] struct {
	Left  *$NTree[V]
	Key   int64
	Value V
	Right *$NTree[V]
}

func $nInsert[V any](tree *$NTree[V], key int64, value V) *$NTree[V] {
	if tree == nil {
		return &$NTree[V]{nil, key, value, nil}
	}
	if key < tree.Key {
		return &$NTree[V]{$nInsert(tree.Left, key, value), tree.Key, tree.Value, tree.Right}
	} else if key > tree.Key {
		return &$NTree[V]{tree.Left, tree.Key, tree.Value, $nInsert(tree.Right, key, value)}
	}
	return &$NTree[V]{tree.Left, tree.Key, value, tree.Right}
}

func $nSize[V any](tree *$NTree[V]) int64 {
	if tree == nil {
		return 0
	}
	return $nSize(tree.Left) + 1 + $nSize(tree.Right)
}

func $nDepth[V any](tree *$NTree[V]) int64 {
	if tree == nil {
		return 0
	}
	left, right := $nDepth(tree.Left), $nDepth(tree.Right)
	if left > right {
		return 1 + left
	}
	return 1 + right
}

func $nFind[V any](tree *$NTree[V], key int64) (found V, ok bool) {
	if tree == nil {
		return found, false
	}
	if key == tree.Key {
		return tree.Value, true
	} else if key < tree.Key {
		return $nFind(tree.Left, key)
	}
	return $nFind(tree.Right, key)
}

func $nFold[V, A any](tree *$NTree[V], init A, fn func(A, int64, V) A) A {
	if tree == nil {
		return init
	}
	return $nFold(tree.Right, fn($nFold(tree.Left, init, fn), tree.Key, tree.Value), fn)
}

func $nOf(seed int64) *$NTree[string] {
	return kernel.Fold(kernel.Rolls(seed, $2), nil, func(tree *$NTree[string], roll int64) *$NTree[string] {
		return $nInsert(tree, roll%$1, kernel.Label("$w", roll))
	})
}

func check$N(seed int64) int64 {
	tree := $nOf(seed)
	found := int64($3)
	if text, ok := $nFind(tree, seed%$1); ok {
		found = 2
		if strings.HasPrefix(text, "$w") {
			found = 1
		}
	}
	keys := $nFold(tree, int64(0), func(total, key int64, _ string) int64 { return (total + key) % 10007 })
	return $nSize(tree)*$nDepth(tree) + found + keys
}
