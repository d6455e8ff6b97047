package main

import (
	"errors"

	"github.com/ip3dp/ip3dp/collect"
)

func openForge(*program, configuredForge) (collect.Forge, error) { return nil, errors.New("not yet") }

func (f *configuredForge) credentialsNext() string { return "set " + f.setting.TokenEnv }
