package merge

// mergeCases are what TestMerge holds.
var mergeCases = []struct {
	name, kind string
	files      []file
	want       []string
	finding    string // in the findings; "": none
}{
	{
		"incident open in the older file", "incidents", []file{
			{"i", "s", "1.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n"},
			{"i", "s", "2.csv", hi + "1,acme/a," + d + "08T10:00:00Z," + d + "08T11:00:00Z\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved 08T11:00"}, "",
	},
	{
		"older file later in the alphabet", "incidents", []file{
			{"i", "s", "b.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n"},
			{"i", "s", "a.csv", hi + "1,acme/a," + d + "08T10:00:00Z," + d + "08T11:00:00Z\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved 08T11:00"}, "",
	},
	{
		"incident opened again, by update time", "incidents", []file{
			{"i", "s", "1.csv", "id,repository,severity,opened,resolved,updated\n1,acme/a,low," + d + "08T10:00:00Z," + d + "08T11:00:00Z," + d + "08T11:00:00Z\n"},
			{"i", "s", "0.csv", "id,repository,severity,opened,resolved,updated\n1,acme/a,," + d + "08T10:00:00Z,," + d + "08T12:00:00Z\n"},
		}, []string{"acme/a 1 low opened 08T10:00 resolved -"}, "",
	},
	{
		"incident opened again, by its own stamps", "incidents", []file{
			{"i", "s", "1.csv", "id,repository,opened,resolved,reopened\n1,acme/a," + d + "08T10:00:00Z," + d + "08T11:00:00Z,\n"},
			{"i", "s", "0.csv", "id,repository,opened,resolved,reopened\n1,acme/a," + d + "08T10:00:00Z," + d + "08T14:00:00Z," + d + "08T12:00:00Z\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved 08T14:00 reopened 08T12:00"}, "",
	},
	{
		"log by sequence over files", "incidents", []file{
			{"i", "s", "1.csv", "id,service,severity,opened,resolved,sequence\n1,web,low," + d + "08T10:00:00Z,,1\n1,web,high," + d + "08T10:00:00Z," + d + "08T11:00:00Z,2\n"},
			{"i", "s", "0.csv", "id,service,severity,opened,resolved,sequence\n1,web,medium," + d + "08T10:00:00Z,,3\n"},
		}, []string{"web 1 medium opened 08T10:00 resolved -"}, "",
	},
	{
		"log in one file takes the last state", "incidents", []file{
			{"i", "s", "1.csv", "id,service,severity,opened\n1,web,low," + d + "08T10:00:00Z\n1,web,high," + d + "08T10:00:00Z\n"},
		}, []string{"web 1 high opened 08T10:00 resolved -"}, "",
	},
	{
		"log without time or sequence in two files", "incidents", []file{
			{"i", "s", "1.csv", "id,service,severity,opened\n1,web,low," + d + "08T10:00:00Z\n1,web,high," + d + "08T10:00:00Z\n"},
			{"i", "s", "2.csv", "id,service,severity,opened\n1,web,medium," + d + "08T10:00:00Z\n"},
		}, []string{"web 1 medium opened 08T10:00 resolved -"}, "no column that shows which row is the newest",
	},
	{
		"one id in two repositories", "incidents", []file{
			{"i", "s", "1.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n1,acme/b," + d + "08T10:00:00Z,\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved -", "acme/b 1  opened 08T10:00 resolved -"}, "",
	},
	{
		"one id opened twice", "incidents", []file{
			{"i", "s", "1.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n"},
			{"i", "s", "2.csv", hi + "1,acme/a," + d + "09T10:00:00Z,\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved -", "acme/a 1  opened 09T10:00 resolved -"}, `different incidents, each counted: "1"`,
	},
	{
		"two systems with the same ids", "incidents", []file{
			{"pagerduty", "p*.csv", "p.csv", "id,service,opened\n1,web," + d + "08T10:00:00Z\n"},
			{"opsgenie", "o*.csv", "o.csv", "id,service,opened\n1,web," + d + "09T10:00:00Z\n"},
		}, []string{"web 1  opened 08T10:00 resolved -", "web 1  opened 09T10:00 resolved -"}, "uses for different incidents",
	},
	{
		"two tables of one system", "incidents", []file{
			{"old", "pagerduty", "p.csv", "id,service,opened,resolved\n1,web," + d + "08T10:00:00Z,\n"},
			{"new", "pagerduty", "o.csv", "id,service,opened,resolved\n1,web," + d + "08T10:00:00Z," + d + "08T11:00:00Z\n"},
		}, []string{"web 1  opened 08T10:00 resolved 08T11:00"}, "",
	},
	{
		"two tables without a repository, opened alike", "incidents", []file{
			{"a", "", "a.csv", "id,service,opened\n1,web," + d + "08T10:00:00Z\n"},
			{"b", "", "b.csv", "id,service,opened\n1,web," + d + "08T10:00:30Z\n"},
		}, []string{"web 1  opened 08T10:00 resolved -", "web 1  opened 08T10:00 resolved -"}, "with the same opening, counted as different",
	},
	{
		"two tables of one repository, opened within a minute", "incidents", []file{
			{"a", "", "a.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n"},
			{"b", "", "b.csv", hi + "1,https://github.com/Acme/A.git," + d + "08T10:00:50Z," + d + "08T11:00:00Z\n"},
		}, []string{"https://github.com/Acme/A.git 1  opened 08T10:00 resolved 08T11:00"}, "",
	},
	{
		"a row of a log that names no repository", "incidents", []file{
			{"i", "s", "1.csv", "id,repository,opened,resolved\n1,acme/a," + d + "08T10:00:00Z,\n1,," + d + "08T10:00:00Z," + d + "08T11:00:00Z\n"},
		}, []string{"acme/a 1  opened 08T10:00 resolved 08T11:00"}, "",
	},
	{
		"roll-out running in the older file", "deployments", []file{
			{"d", "s", "1.csv", hd + "acme/a,2,production,b," + d + "15T23:58:00Z,,running\n"},
			{"d", "s", "2.csv", hd + "acme/a,2,production,b," + d + "15T23:58:00Z," + d + "15T23:58:00Z,success\n"},
		}, []string{"acme/a 2 production b created 15T23:58: pending 15T23:58 success 15T23:58"}, "",
	},
	{
		"status log over files", "deployments", []file{
			{"d", "s", "1.csv", "repository,id,environment,status,at\nacme/a,2,prod,success," + d + "15T10:05:00Z\n"},
			{"d", "s", "2.csv", "repository,id,environment,status,at,commit\nacme/a,2,prod,queued," + d + "15T10:00:00Z,abc\nacme/a,2,prod,inactive," + d + "16T10:00:00Z,\n"},
		}, []string{"acme/a 2 prod abc created 15T10:00: pending 15T10:00 success 15T10:05 inactive 16T10:00"}, "",
	},
	{
		"result taken back by a newer record", "deployments", []file{
			{"d", "s", "2.csv", "repository,id,environment,created,finished,status,updated\nacme/a,2,prod," + d + "15T10:00:00Z," + d + "15T10:05:00Z,success," + d + "15T10:05:00Z\n"},
			{"d", "s", "1.csv", "repository,id,environment,created,finished,status,updated\nacme/a,2,prod," + d + "15T10:00:00Z," + d + "15T10:06:00Z,failed," + d + "15T11:00:00Z\n"},
		}, []string{"acme/a 2 prod  created 15T10:00: pending 15T10:00 failure 15T10:06"}, "",
	},
	{
		"one id, two environments", "deployments", []file{
			{"d", "s", "1.csv", hd + "acme/a,2,staging,b," + d + "15T10:00:00Z,,running\nacme/a,2,prod,b," + d + "15T10:00:00Z,,running\n"},
		}, []string{
			"acme/a 2 prod b created 15T10:00: pending 15T10:00", "acme/a 2 staging b created 15T10:00: pending 15T10:00",
		}, "different roll-outs",
	},
	{
		"CSV and JSON of the same roll-outs", "deployments", []file{
			{"csv", "", "d.csv", hd + "acme/a,2,prod,0123456789," + d + "15T10:00:00Z," + d + "15T10:05:00Z,success\n"},
			{"json", "", "d.jsonl", `{"repository":"acme/a","id":"2","environment":"prod","commit":"0123456","created":"2024-10-15T10:00:20Z","finished":"2024-10-15T10:05:00Z","status":"success"}` + "\n"},
		}, []string{"acme/a 2 prod 0123456789 created 15T10:00: pending 15T10:00 pending 15T10:00 success 15T10:05"}, "",
	},
	{
		"one id in two repositories", "deployments", []file{
			{"d", "s", "1.csv", hd + "acme/a,1,prod,b," + d + "15T10:00:00Z,,running\n"},
			{"d", "s", "2.csv", hd + "acme/b,1,prod,b," + d + "15T10:00:00Z,,running\n"},
		}, []string{"acme/a 1 prod b created 15T10:00: pending 15T10:00", "acme/b 1 prod b created 15T10:00: pending 15T10:00"}, "",
	},
	{
		"without ids, in two files", "deployments", []file{
			{"d", "s", "1.csv", "repository,service,environment,commit,created,finished\nr,a,prod,abc," + d + "15T09:00:00Z,\nr,b,prod,abc," + d + "15T09:00:00Z," + d + "15T09:05:00Z\n"},
			{"d", "s", "2.csv", "repository,service,environment,commit,created,finished\nr,a,prod,abc," + d + "15T09:00:00Z," + d + "15T09:05:00Z\nr,b,prod,abc," + d + "15T09:00:00Z," + d + "15T09:05:00Z\n"},
		}, []string{
			"r a/abc/prod/2024-10-15T09:05:00Z prod abc created 15T09:00: pending 15T09:00 success 15T09:05",
			"r b/abc/prod/2024-10-15T09:05:00Z prod abc created 15T09:00: pending 15T09:00 success 15T09:05",
		}, "",
	},
	{
		"request opened in the older file", "changes", []file{
			{"c", "s", "2.csv", hc + "acme/a,7,Fix,," + d + "07T10:00:00Z,,,true,\n"},
			{"c", "s", "1.csv", hc + "acme/a,7,," + d + "06T10:00:00Z," + d + "07T10:00:00Z," + d + "08T10:00:00Z," + d + "08T10:00:00Z,,abc\n"},
		}, []string{`acme/a 7 "Fix" first 06T10:00 opened 07T10:00 merged 08T10:00 closed - draft false`}, "",
	},
	{
		"request closed, then opened again", "changes", []file{
			{"c", "s", "2.csv", "repository,id,opened,closed,updated\nacme/a,7," + d + "07T10:00:00Z," + d + "08T10:00:00Z," + d + "08T10:00:00Z\n"},
			{"c", "s", "1.csv", "repository,id,opened,closed,updated\nacme/a,7," + d + "07T10:00:00Z,," + d + "09T10:00:00Z\n"},
		}, []string{`acme/a 7 "" first - opened 07T10:00 merged - closed - draft false`}, "",
	},
	{
		"ticket resolved in the newer file", "tickets", []file{
			{"t", "s", "1.csv", "id,opened,resolved,title,reopened\nT1," + d + "08T10:00:00Z,,Slow,1\nT2," + d + "09T10:00:00Z,,Late,\n"},
			{"t", "s", "2.csv", "id,opened,resolved,title,team\nT1," + d + "08T10:00:00Z," + d + "09T10:00:00Z,,web\n"},
		}, []string{`T1 theme -1 web opened 08T10:00 resolved 09T10:00 reopened 1`, `T2 theme -1  opened 09T10:00 resolved - reopened 0`}, "",
	},
	{
		"ticket opened again in the newer row", "tickets", []file{
			{"t", "s", "1.csv", "id,opened,resolved,status,updated\nT1," + d + "08T10:00:00Z," + d + "09T10:00:00Z,Closed," + d + "09T10:00:00Z\n"},
			{"t", "s", "2.csv", "id,opened,resolved,status,updated\nT1," + d + "08T10:00:00Z,,Open," + d + "10T10:00:00Z\n"},
		}, []string{`T1 theme 0  opened 08T10:00 resolved - reopened 1`}, "",
	},
	{
		"ticket closed without a date in the newer row", "tickets", []file{
			{"t", "s", "1.csv", "id,opened,resolved,status,updated\nT1," + d + "08T10:00:00Z,,Closed," + d + "11T10:00:00Z\n"},
			{"t", "s", "2.csv", "id,opened,resolved,status,updated\nT1," + d + "08T10:00:00Z," + d + "09T10:00:00Z,Closed," + d + "10T10:00:00Z\n"},
		}, []string{`T1 theme 0  opened 08T10:00 resolved 09T10:00 reopened 0`}, "",
	},
	{
		"tickets of two systems", "tickets", []file{
			{"jira", "", "j.csv", "id,opened\n1," + d + "08T10:00:00Z\n"},
			{"zendesk", "", "z.csv", "id,opened\n1," + d + "09T10:00:00Z\n"},
		}, []string{`1 theme 0  opened 08T10:00 resolved - reopened 0`, `1 theme 0  opened 09T10:00 resolved - reopened 0`}, "different tickets",
	},
	{
		"equal attempts of one file", "tasks", []file{
			{"k", "s", "1.csv", "task,date,minutes\ndeploy,2024-10-08,5\ndeploy,2024-10-08,5\n"},
			{"k", "s", "2.csv", "task,date,minutes\ndeploy,2024-10-08,5\ndeploy,2024-10-09,5\n"},
		}, []string{"deploy 08T00:00 done true", "deploy 08T00:00 done true", "deploy 09T00:00 done true"}, "",
	},
	{
		"attempts with ids", "tasks", []file{
			{"k", "s", "1.csv", "id,task,date,done,updated\n1,deploy,2024-10-08,no,2024-10-08\n1,deploy,2024-10-09,no,2024-10-09\n"},
			{"k", "s", "0.csv", "id,task,date,done,updated\n1,deploy,2024-10-08,yes,2024-10-09\n"},
		}, []string{"deploy 08T00:00 done true", "deploy 09T00:00 done false"}, "",
	},
	{
		"figures of two systems", "measures", []file{
			{"a", "", "1.csv", "measure,date,value\nuptime,2024-10-08,99\n"},
			{"b", "", "2.csv", "measure,date,value\nuptime,2024-10-08,99\n"},
		}, []string{"uptime 08T00:00 99", "uptime 08T00:00 99"}, "",
	},
	{
		"a figure corrected in the newer file", "measures", []file{
			{"a", "s", "2.csv", "record_id,measure,date,value,updated\n1,uptime,2024-10-08,98,2024-10-09\n"},
			{"a", "s", "1.csv", "record_id,measure,date,value,updated\n1,uptime,2024-10-08,99,2024-10-10\n"},
		}, []string{"uptime 08T00:00 99"}, "",
	},
	{
		"use in two files", "usage", []file{
			{"u", "s", "1.csv", "feature,unit,date\nhelm,ann,2024-10-08\nhelm,bob,2024-10-09\n"},
			{"u", "s", "2.csv", "feature,unit,date\nhelm,Ann,2024-10-08\nhelm,bob,2024-10-10\n"},
		}, []string{"helm 08T00:00 1", "helm 09T00:00 1", "helm 10T00:00 1"}, "",
	},
	{
		"response answered again", "survey", []file{
			{"w", "", "1.csv", "#,at,score,why\na1," + d + "08T10:00:00Z,3,slow\nb2," + d + "08T10:00:00Z,9,\n"},
			{"w", "", "2.csv", "#,at,score,why\na1," + d + "09T10:00:00Z,8,better\n"},
		}, []string{`w 08T10:00 9 ""`, `w 09T10:00 8 "better"`}, "",
	},
	{
		"answers without ids", "survey", []file{
			{"w", "", "1.csv", "at,score,why\n" + d + "08T10:00:00Z,3,\n" + d + "08T10:00:00Z,3,\n"},
			{"w", "", "2.csv", "at,score,why\n" + d + "08T10:00:00Z,3,\n"},
		}, []string{`w 08T10:00 3 ""`, `w 08T10:00 3 ""`}, "",
	},
	{
		"commits in two files", "commits", []file{
			{"c", "s", "1.csv", "repository,sha,parents,author,commit_time\nacme/a,abc,,,2024-10-08\n"},
			{"c", "s", "2.csv", "repository,sha,parents,author,commit_time\nAcme/A,abc,def,ann,2024-10-08\nacme/b,abc,,bob,2024-10-08\n"},
		}, []string{"Acme/A abc [def] ann", "acme/b abc [] bob"}, "",
	},
}
