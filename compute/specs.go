package compute

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
)

// Specs returns the declarations of all metrics with these options in force, without those of
// the measures that teams declare. It returns an error for options that are not valid.
func Specs(o Options) (metric.Specs, error) {
	delivery, err := o.DORA.Specs()
	if err != nil {
		return nil, err
	}
	return slices.Concat(delivery, adoption.Specs(), support.Specs(), SurveyOptions(o).Specs(),
		discovery.Specs(o.Discovery)), nil
}
