package github

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"
)

// UnmarshalJSON reads a deployment. GitHub's schema has its number as a 32-bit
// integer, which the numbers of deployments have outgrown: where it is null for that,
// the number is read from the global id.
func (q *qDeployment) UnmarshalJSON(raw []byte) error {
	type plain qDeployment
	if err := json.Unmarshal(raw, (*plain)(q)); err != nil {
		return err
	}
	if q.ID == 0 {
		q.ID = numberOf(q.NodeID)
	}
	return nil
}

// numberOf returns the number within a global id, 0 if it has none: "DE_" and the base64 of a
// MessagePack array that ends with it; or, as on older servers, the base64 of
// "010:Deployment123".
func numberOf(node string) int64 {
	if _, coded, ok := strings.Cut(node, "_"); ok {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(coded, "="))
		if err != nil || len(b) == 0 || b[0]&0xf0 != 0x90 {
			return 0
		}
		return lastNumber(b[1:], int(b[0]&0x0f))
	}
	b, err := base64.StdEncoding.DecodeString(node)
	if err != nil {
		return 0
	}
	_, name, _ := strings.Cut(string(b), ":")
	n, err := strconv.ParseInt(strings.TrimPrefix(name, "Deployment"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// lastNumber reads so many unsigned integers of MessagePack and returns the last; 0
// if they are anything else.
func lastNumber(b []byte, count int) int64 {
	var last uint64
	for ; count > 0; count-- {
		if len(b) == 0 {
			return 0
		}
		size := map[byte]int{0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8}[b[0]]
		switch {
		case b[0] < 0x80:
			last = uint64(b[0])
		case size == 0 || len(b) <= size:
			return 0
		default:
			var wide [8]byte
			copy(wide[8-size:], b[1:1+size])
			last = binary.BigEndian.Uint64(wide[:])
		}
		b = b[1+size:]
	}
	if len(b) > 0 || last > 1<<62 {
		return 0
	}
	return int64(last)
}
