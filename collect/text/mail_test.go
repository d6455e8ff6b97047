package text

import "testing"

func TestMaskMails(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"INC-12":                           "INC-12",
		"ann.lee@acme.example":             "[e-mail]",
		"by Ann <ann+x@mail.acme.co.uk>!":  "by Ann <[e-mail]>!",
		"mailto:ann@acme.example, b@c.org": "mailto:[e-mail], [e-mail]",
		"vera@vendor.example":              "[e-mail]",
		"web@1.2.0":                        "web@1.2.0",
		"web@v1.2.0-rc.one":                "web@v1.2.0-rc.one",
		"@acme/web":                        "@acme/web",
		"pin ghcr.io/acme/web@sha256:0a1b": "pin ghcr.io/acme/web@sha256:0a1b",
	} {
		t.Run(in, func(t *testing.T) {
			if got := MaskMails(in); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
