package metric

// Units for showing rates of rare events. A value in one of them is still a rate per day;
// pages print it per week. No result is published in them.
const (
	RarePerDay    Unit = "per day, rare"
	RarePerDayPer Unit = "per day and team, rare"
)

// Rare returns the unit for showing a rate of rare events. Units that are not a rate per day
// stay.
func (u Unit) Rare() Unit {
	switch u {
	case PerDay:
		return RarePerDay
	case PerDayPer:
		return RarePerDayPer
	}
	return u
}

// Display is the choice of a renderer for a number. It is not published.
type Display struct {
	// Rare means that pages print a rate per day per week, because its events are rare.
	Rare bool `json:"-"`
}

// Shown returns the unit that pages print a value of unit u in. The value stays as it is.
func (d Display) Shown(u Unit) Unit {
	if d.Rare {
		return u.Rare()
	}
	return u
}
