// The outer planets around the sun: each step makes new bodies from the forces between all of them.
package main

import (
	"fmt"
	"math"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

// The body, faster by what the others pull.
func pulled(b *body, others []body) body {
	vx, vy, vz := b.vx, b.vy, b.vz
	for i := range others {
		other := &others[i]
		dx, dy, dz := b.x-other.x, b.y-other.y, b.z-other.z
		square := dx*dx + dy*dy + dz*dz + 1e-12
		pull := other.mass * 0.01 / (square * math.Sqrt(square))
		vx -= dx * pull
		vy -= dy * pull
		vz -= dz * pull
	}
	return body{b.x + 0.01*vx, b.y + 0.01*vy, b.z + 0.01*vz, vx, vy, vz, b.mass}
}

func energy(bodies []body) float64 {
	sum := 0.0
	for _, b := range bodies {
		sum += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
	}
	return sum
}

func main() {
	bodies := []body{
		{0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.4784176},
		{4.84143144, -1.16032004, -0.103622044, 0.606326393, 2.81198684, -0.02521836, 0.0376936749},
		{8.34336671, 4.12479856, -0.403523417, -1.01077434, 1.82566237, 0.00841576137, 0.0112863261},
		{12.8943695, -15.1111514, -0.223307578, 1.08279100, 0.868713018, -0.0108326374, 0.00172372405},
		{15.3796971, -25.9193146, 0.179258772, 0.979090732, 0.594698998, -0.034755955, 0.00203368686},
	}
	fmt.Printf("%.0f\n", energy(bodies)*1e12)
	for step := 0; step < 1000000; step++ {
		next := make([]body, len(bodies))
		for i := range bodies {
			next[i] = pulled(&bodies[i], bodies)
		}
		bodies = next
	}
	fmt.Printf("%.0f\n", energy(bodies)*1e12)
}
