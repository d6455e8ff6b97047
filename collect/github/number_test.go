package github

import (
	"encoding/base64"
	"encoding/json"
	"testing"
)

func TestNumberOfDeployment(t *testing.T) {
	pack := func(b ...byte) string { return "DE_" + base64.RawURLEncoding.EncodeToString(b) }
	tests := []struct {
		node string
		want int64
	}{
		{pack(0x93, 0x00, 0xce, 0x14, 0xd1, 0x2e, 0x07, 0xce, 0x80, 0x08, 0x96, 0x20), 0x80089620}, // above 32 bits with a sign
		{pack(0x93, 0x00, 0xcd, 0x01, 0x00, 0xcf, 0, 0, 0, 1, 0, 0, 0, 2), 1<<32 + 2},
		{pack(0x93, 0x00, 0x07, 0xcc, 0xff), 255},
		{base64.StdEncoding.EncodeToString([]byte("010:Deployment87972451")), 87972451},
		{pack(0x93, 0x00, 0x07, 0xce, 0x01), 0}, // cut off
		{pack(0x93, 0x00, 0x07), 0},
		{pack(0x91, 0xa1, 'x'), 0}, // a text
		{pack(), 0},
		{"DE_%", 0},
		{"", 0},
	}
	for _, tt := range tests {
		t.Run(tt.node, func(t *testing.T) {
			if got := numberOf(tt.node); got != tt.want {
				t.Errorf("%q: %d, want %d", tt.node, got, tt.want)
			}
		})
	}
	var q qDeployment
	if err := json.Unmarshal([]byte(`{"id":"`+tests[0].node+`","databaseId":null,"environment":"production"}`), &q); err != nil || q.ID != tests[0].want || q.Environment != "production" {
		t.Errorf("null for a number: %+v, %v", q, err)
	}
	if err := json.Unmarshal([]byte(`{"id":"`+tests[0].node+`","databaseId":3000000000}`), &q); err != nil || q.ID != 3_000_000_000 {
		t.Errorf("a number that is said: %d, %v", q.ID, err)
	}
}
