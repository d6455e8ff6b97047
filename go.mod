module github.com/ip3dp/ip3dp

go 1.26
