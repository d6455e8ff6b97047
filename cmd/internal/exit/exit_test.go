package exit

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestCodeOf(t *testing.T) {
	tests := []struct {
		err  error
		want Code
	}{
		{BadInput("", "x"), Configuration},
		{Fail("", errors.New("x")), Nothing},
		{errors.New("x"), Nothing},
		{fmt.Errorf("collect: %w", context.Canceled), Interrupted},
		{fmt.Errorf("more: %w", &Failure{Code: Locked, Err: errors.New("x")}), Locked},
		{Fail("", context.Canceled), Interrupted},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.err), func(t *testing.T) {
			if got := FindCode(tt.err); got != tt.want {
				t.Errorf("codeOf(%v) = %d, want %d", tt.err, got, tt.want)
			}
		})
	}
}
