package gitlab

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// doraMetrics are those of GitLab's DORA API, and why they are not ours.
var doraMetrics = []struct{ metric, what, unit, note string }{
	{
		"deployment_frequency", "deployments a day to production by GitLab's own count", "deployments a day",
		"GitLab counts every successful deployment job of the tier, retries of one commit among them",
	},
	{
		"lead_time_for_changes", "change lead time by GitLab's own definition", "seconds",
		"GitLab begins at the merge, not at the first commit, and takes the median of daily medians' merge requests",
	},
	{
		"time_to_restore_service", "time to restore service by GitLab's own definition", "seconds",
		"GitLab takes how long incidents of the type incident were open, whatever caused them",
	},
	{
		"change_failure_rate", "change failure rate by GitLab's own definition", "share",
		"GitLab divides incidents by deployments, whether a deployment caused them or not",
	},
}

// readDORA asks for GitLab's own DORA metrics of the groups. They are shown beside
// ours and never used: other definitions stand behind the same names.
func (r *syncer) readDORA(ctx context.Context) error {
	if !r.f.o.DORACheck {
		return nil
	}
	for _, path := range r.f.o.Groups {
		for _, m := range doraMetrics {
			list, err := r.readPoints(ctx, path, m.metric)
			switch status := statusOf(err); {
			case status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusUnauthorized:
				r.addNote("GitLab shows no DORA metrics of %s: they need Ultimate and the role Reporter", path)
			case err != nil && isFatal(ctx, err):
				return err
			case err != nil:
				r.addGap(nil, "", fmt.Sprintf("GitLab's DORA metrics of %s cannot be read: %v", path, err),
					"run again, or turn the check off")
			case len(list) == 0 || list[0].Value == nil:
				r.addNote("GitLab has no %s of %s", m.metric, path)
				continue
			default:
				r.report.Check = append(r.report.Check, fact.Check{
					Source: r.f.name, What: m.what + ", " + path, From: r.doraFrom(), To: r.doraTo(), Theirs: *list[0].Value,
					Unit: m.unit, TheirsOnly: true, Note: m.note,
				})
				continue
			}
			break
		}
	}
	return nil
}

// doraTo returns the midnight in UTC that ends the whole days of the window.
func (r *syncer) doraTo() time.Time { return r.now.Truncate(24 * time.Hour) }

// doraFrom returns the first whole day of the window, at most the 90 days back that GitLab gives
// in one answer.
func (r *syncer) doraFrom() time.Time {
	from := r.from.Add(24*time.Hour - time.Nanosecond).Truncate(24 * time.Hour)
	if oldest := r.doraTo().AddDate(0, 0, -90); from.Before(oldest) {
		return oldest
	}
	return from
}

func (r *syncer) readPoints(ctx context.Context, path, metric string) ([]*doraPoint, error) {
	page, err := fetchPage(ctx, r.c, listing[doraPoint]{
		name: "DORA metrics of " + path, path: "groups/" + escapePath(path) + "/dora/metrics",
		query: url.Values{
			"metric": {metric}, "interval": {"all"}, "environment_tiers[]": {"production"},
			"start_date": {r.doraFrom().Format(time.DateOnly)}, "end_date": {r.doraTo().AddDate(0, 0, -1).Format(time.DateOnly)},
		},
	}, "")
	return page.Items, err
}
