package config

import (
	"strings"
	"testing"
)

func TestForgeConfigProblems(t *testing.T) {
	const hub, lab = "[[github]]\norganisations = [\"acme\"]\n", "[[gitlab]]\ngroups = [\"acme\"]\n"
	tests := []struct{ name, text, want string }{
		{"token", hub + "token_env = \"glpat-abc\"", "config.toml:3: github.0.token_env is not the name of an environment variable"},
		{"nowhere", "[[github]]", "config.toml:1: github.0 names neither organisations nor repositories"},
		{"nowhere of gitlab", "\n[[gitlab]]", "config.toml:2: gitlab.0 names neither groups nor projects"},
		{"no owner", "[[github]]\nrepositories = [\"shop\"]", `config.toml:2: github.0.repositories.0 "shop" is not one owner and one name; write it like "acme/checkout"`},
		{"too deep", "[[github]]\nrepositories = [\"a/b/c\"]", `"a/b/c" is not one owner`},
		{"plain http", hub + "base_url = \"http://ghe.example.com\"", "config.toml:3: github.0.base_url is not an address of a forge"},
		{"password", hub + "base_url = \"https://ann:pw@ghe.example.com\"", "github.0.base_url is not an address"},
		{"word", hub + "deployments = [\"enviroments\"]", `config.toml:3: github.0.deployments: unknown source "enviroments"; use environments, workflows, releases, tags`},
		{"word of the other", lab + "deployments = [\"workflows\"]", `unknown source "workflows"; use environments, pipelines`},
		{"key of the other", lab + "organisations = [\"acme\"]", `config.toml:3: unknown key "organisations" in gitlab`},
		{"removed key", hub + "graphql = false", "config.toml:3: github.graphql no longer exists; remove it"},
		{"old table", "[forge]\ntoken_env = \"X\"", `config.toml:1: unknown key "forge"`},
		{"rules unused", hub + "workflows = [{ file = \"deploy.yml\" }]", "github.0.workflows has rules, but deployments does not ask for workflows"},
		{"no rule", lab + "deployments = [\"pipelines\"]", "gitlab.0.deployments asks for pipelines, but has no rule for it"},
		{"rule without file", hub + "deployments = [\"workflows\"]\nworkflows = [{ branch = \"main\" }]", "github.0.workflows.0.file is missing"},
		{"exclude", hub + "exclude = [\"[\"]", `config.toml:3: github.0.exclude.0 "[" is not a pattern`},
		{"blank", hub + "environments = [\"\"]", "config.toml:3: github.0.environments.0 is an empty text"},
		{"days", hub + "days = 0", "config.toml:3: github.0.days is 0, outside 1 to 3650"},
		{"budget", hub + "budget_percent = 100", "config.toml:3: github.0.budget_percent is 100, outside 0 to 99"},
		{"half an App", hub + "app_id_env = \"APP_ID\"", "github.0.app_key_env is missing"},
		{"installation", hub + "installation = 7", "config.toml:3: github.0.installation belongs to an App, which is not named"},
		{"gitops", hub + "[[github.gitops]]\nrepository = \"acme/deploy\"", "config.toml:3: github.0.gitops.0.path is missing"},
		{"gitops path", hub + "[[github.gitops]]\nrepository = \"acme/deploy\"\npath = \"(\"", "config.toml:5: github.0.gitops.0.path \"(\" is not a regular expression"},
		{"one name", hub + "name = \"git\"\n[[git]]\npath = \".\"", `two sources are named "git"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := Parse("config.toml", []byte(tt.text))
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), tt.want) {
				t.Errorf("problems %q, want one with %q", problems, tt.want)
			}
		})
	}
}
