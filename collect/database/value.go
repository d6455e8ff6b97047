package database

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// newCell returns a value of a driver as a cell: nil for null, else a text, a bool or a list.
// A time without a zone stays one, so that the source's timezone decides.
func newCell(v any, kind string, isMySQL bool) any {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32)
	case float64:
		size := 64
		if kind == "FLOAT4" { // widened by its driver
			size = 32
		}
		return strconv.FormatFloat(v, 'f', -1, size)
	case time.Time:
		return formatTime(v, kind)
	case []byte:
		if isMySQL {
			return newMySQLCell(v, kind)
		}
		if kind == "BYTEA" {
			return hex.EncodeToString(v)
		}
		return newTextCell(string(v), kind)
	case string:
		if isMySQL {
			return newMySQLCell([]byte(v), kind)
		}
		return newTextCell(v, kind)
	}
	return ""
}

// formatTime returns a time of PostgreSQL.
func formatTime(t time.Time, kind string) string {
	switch kind {
	case "DATE":
		return t.Format(time.DateOnly)
	case "TIMESTAMP":
		return t.Format("2006-01-02T15:04:05.999999999")
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// newMySQLCell returns a value that MySQL sent as text. A TIMESTAMP is an instant, which the
// session has in UTC. A DATETIME has no zone.
func newMySQLCell(v []byte, kind string) any {
	switch kind {
	case "TIMESTAMP":
		if text := string(v); !strings.HasPrefix(text, "0000") {
			return strings.Replace(text, " ", "T", 1) + "Z"
		}
		return nil // the zero date stands for none
	case "DATETIME", "DATE":
		if strings.HasPrefix(string(v), "0000") {
			return nil
		}
	case "BIT":
		n := uint64(0)
		for _, b := range v {
			n = n<<8 | uint64(b)
		}
		return strconv.FormatUint(n, 10)
	case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "GEOMETRY", "VECTOR":
		return hex.EncodeToString(v)
	}
	return newTextCell(string(v), kind)
}

// newTextCell returns a text, or the list in an array of PostgreSQL or in JSON.
func newTextCell(v, kind string) any {
	switch {
	case strings.HasPrefix(kind, "_"):
		var list []*string
		if pgtype.NewMap().SQLScanner(&list).Scan(v) != nil {
			return v
		}
		cells := []any{}
		for _, item := range list {
			if item != nil {
				cells = append(cells, *item)
			}
		}
		return cells
	case kind == "JSON" || kind == "JSONB":
		var value any
		d := json.NewDecoder(strings.NewReader(v))
		d.UseNumber()
		if d.Decode(&value) != nil {
			return v
		}
		return value
	}
	return v
}
