package fact

import "time"

// Survey is one wave: the export with its answers, and the meaning of its columns. Column names
// match without case and surplus spaces.
type Survey struct {
	ID    string `toml:"-"` // the file's name without its ending; Answer.Wave
	Title string `toml:"title"`
	Draft bool   `toml:"draft"`
	// File is the export, relative to the folder of survey exports in the configuration.
	File    string    `toml:"file"`
	Sent    time.Time `toml:"sent"`
	Closed  time.Time `toml:"closed"`  // last day of answers; zero: 14 days after the last answer
	Pulse   bool      `toml:"pulse"`   // a survey without end: every calendar month is a wave
	Invited int       `toml:"invited"` // people invited; 0: unknown, so no response rate
	NPS     string    `toml:"nps"`     // the 0–10 question, as in the export's header
	// NPSWords maps answers in words to scores: "Extremely likely" = 10.
	NPSWords map[string]float64 `toml:"nps_words"`
	// Branches means that a form asks a question in several places: of the columns with its
	// header, the filled one counts.
	Branches bool   `toml:"branches"`
	Dialect  string `toml:"dialect"` // the tool, for readers only; files are recognised without it

	Columns  SurveyColumns     `toml:"columns"`
	Features []FeatureQuestion `toml:"feature"`
	Items    []SurveyItem      `toml:"item"`
	Codes    []ReasonCode      `toml:"code"`
	// Teams maps names in the export to IDs of teams or groups. Names that are an ID, a title
	// or a former ID need no entry.
	Teams    map[string]string `toml:"teams"`
	Timezone string            `toml:"timezone"`  // IANA name for times without an offset; "" is UTC
	DayFirst *bool             `toml:"day_first"` // for dates such as 3/4/2024; nil refuses ambiguous ones
	Links    []Link            `toml:"links"`
	// Sheet is the sheet of a workbook with several; "": the only one.
	Sheet  string `toml:"sheet"`
	Lines  Lines  `toml:"-"`
	Origin `toml:"-"`
}

// SurveyColumns names the columns of an export; "": the export lacks it.
type SurveyColumns struct {
	At          string `toml:"at"` // when the answer was given
	Team        string `toml:"team"`
	Reason      string `toml:"reason"`      // free text after the NPS question
	Loved       string `toml:"loved"`       // features named as loved, a list or free text
	Frustrating string `toml:"frustrating"` // features named as frustrating
	// Response is the tool's ID of a response; "" takes the names of common tools.
	Response string `toml:"response"`
	// Separator splits a cell with several choices; "" tries ";" and then ", ".
	Separator string `toml:"separator"`
}

// FeatureQuestion asks a feature's own users whether they are satisfied.
type FeatureQuestion struct {
	Feature  string `toml:"feature"`  // feature ID
	Question string `toml:"question"` // column with the answer; blank: not a user
	// Positive, Neutral and Negative are the answers that count as such, in any case and with
	// any accents; any other answer is not understood. Without Neutral, the middle word of their
	// scale is neutral. All empty: numbers of a 1–5 scale, 4 and 5 positive, 1 and 2 negative,
	// or the usual words of eight languages.
	Positive []string `toml:"positive"`
	Neutral  []string `toml:"neutral"`
	Negative []string `toml:"negative"`
	Reasons  string   `toml:"reasons"` // column with reasons, coded by Survey.Codes; "" if not asked
}

// SurveyItem is one Likert question.
type SurveyItem struct {
	ID        string `toml:"id"` // stable over waves; key of Answer.Items
	Question  string `toml:"question"`
	Dimension string `toml:"dimension"` // of SPACE, or ""
	Min       int    `toml:"min"`       // of the scale; Min and Max both 0 is 1 to 5
	Max       int    `toml:"max"`
	Reversed  bool   `toml:"reversed"` // a high answer is bad
	// Fractions means that answers may have decimals; otherwise they are whole numbers.
	Fractions bool `toml:"fractions"`
	// Words maps answers in words to the scale; empty: the usual words of eight languages.
	Words  map[string]float64 `toml:"words"`
	Source string             `toml:"source"` // author of the question, for attribution
}

// ReasonCode turns free text into a counted reason, such as "too complex".
type ReasonCode struct {
	Name  string   `toml:"name"`
	Match []string `toml:"match"` // regular expressions, any case
}
