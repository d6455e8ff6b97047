package fact

import (
	"encoding/json"
	"testing"
)

// TestRejectedForms holds that the two forms of a rejected row are read, and no other.
func TestRejectedForms(t *testing.T) {
	tests := []struct {
		name, data string
		want       Rejected // zero: an error
	}{
		{"this form", `{"reason":"r","count":2,"line":7,"class":"nobody"}`, Rejected{"r", 2, 7, Nobody}},
		{"former, rejected", `{"Reason":"r","Count":2,"Line":7,"ByRule":false}`, Rejected{"r", 2, 7, Refused}},
		{"former, by rule", `{"Reason":"r","Count":2,"Line":0,"ByRule":true}`, Rejected{"r", 2, 0, ByRule}},
		{"former, before rules", `{"Reason":"r","Count":1,"Line":3}`, Rejected{"r", 1, 3, Refused}},
		{"empty", `{}`, Rejected{}},
		{"null", `null`, Rejected{}},
		{"former without a count", `{"Reason":"r","Line":3}`, Rejected{}},
		{"former with null", `{"Reason":"r","Count":null,"Line":3}`, Rejected{}},
		{"both forms", `{"Reason":"r","count":1,"Line":3}`, Rejected{}},
		{"one key more", `{"reason":"r","count":2,"line":7,"class":"rule","cell":"x"}`, Rejected{}},
		{"a count in words", `{"Reason":"r","Count":"1","Line":3}`, Rejected{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got Rejected
			err := got.UnmarshalJSON([]byte(tt.data))
			if (err != nil) != (tt.want == Rejected{}) {
				t.Fatalf("error %v", err)
			}
			if err == nil && got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if err != nil {
				return
			}
			data, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			var again Rejected
			if err := json.Unmarshal(data, &again); err != nil || again != got {
				t.Errorf("%s gives %+v, %v", data, again, err)
			}
		})
	}
}
