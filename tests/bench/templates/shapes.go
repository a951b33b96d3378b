// $NShape is what the $n drawing is made of.
type $NShape interface{ is$NShape() }

type $NCircle struct{ Radius float64 }
type $NBox struct{ Width, Height float64 }
type $NGroup struct{ Shapes []$NShape }

func ($NCircle) is$NShape() {}
func ($NBox) is$NShape()    {}
func ($NGroup) is$NShape()  {}

// $NPlaced is a shape at a place.
type $NPlaced struct {
	Shape $NShape
	X, Y  float64
}

func $nArea(shape $NShape) float64 {
	switch it := shape.(type) {
	case $NCircle:
		return 3.14159 * it.Radius * it.Radius
	case $NBox:
		return it.Width * it.Height
	case $NGroup:
		return kernel.Fold(it.Shapes, 0, func(total float64, inner $NShape) float64 { return total + $nArea(inner) })
	}
	panic("no such shape")
}

func $nScaled(shape $NShape, by float64) $NShape {
	switch it := shape.(type) {
	case $NCircle:
		return $NCircle{it.Radius * by}
	case $NBox:
		return $NBox{it.Width * by, it.Height * by}
	case $NGroup:
		return $NGroup{kernel.Map(it.Shapes, func(inner $NShape) $NShape { return $nScaled(inner, by) })}
	}
	panic("no such shape")
}

func $nMoved(placed $NPlaced, dx, dy float64) $NPlaced {
	placed.X += dx
	placed.Y += dy
	return placed
}

func $nName(shape $NShape) string {
	switch it := shape.(type) {
	case $NCircle:
		return "$w"
	case $NBox:
		if it.Width == it.Height {
			return "square"
		}
		return "$v"
	case $NGroup:
		if len(it.Shapes) == 0 {
			return "nothing"
		}
		return "group of " + $nName(it.Shapes[0])
	}
	panic("no such shape")
}

func $nMake(roll int64) $NShape {
	size := float64(roll%$1 + 1)
	if roll%3 == 0 {
		return $NCircle{size}
	} else if roll%3 == 1 {
		return $NBox{size, $2.5}
	}
	return $NGroup{[]$NShape{$NCircle{size}, $NBox{size, size}}}
}

func $nIsNear(placed $NPlaced) bool { return placed.X*placed.X+placed.Y*placed.Y < $4.0 }

func check$N(seed int64) int64 {
	placed := kernel.Map(kernel.Rolls(seed, $3), func(roll int64) $NPlaced {
		return $nMoved($NPlaced{Shape: $nMake(roll), X: float64(roll), Y: 1}, -5, 2.5)
	})
	near := kernel.CountWhere(placed, func(it $NPlaced) bool { return $nIsNear(it) })
	large := kernel.CountWhere(placed, func(it $NPlaced) bool { return $nArea($nScaled(it.Shape, 2)) > 100 })
	named := kernel.CountWhere(placed, func(it $NPlaced) bool { return strings.HasPrefix($nName(it.Shape), "group") })
	return near + large*3 + named*5
}
