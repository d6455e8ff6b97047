package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/hostname"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/live"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	addr, templates string
	hosts           []string
}

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the site on this machine, and rebuild it on every edit",
		Long: `serve builds the site in memory, serves it, and watches configuration, content
and the files of sources: an edit shows in the browser by itself. What is wrong
is told here, and the last good site stays. Nothing is written.

It answers to names and addresses of this machine, to the host of --addr and to
those of --host: a page of a stranger may have its own name lead here.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), f) },
	}
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "the `address` to listen on")
	c.Flags().StringSliceVar(&f.hosts, "host", nil, "another `name` or address to answer to, such as that of a "+
		"container's host; may be repeated")
	c.Flags().StringVar(&f.templates, "templates", "",
		"a `folder` with layouts, pages and assets in place of the built-in ones")
	return c
}

func (p *program) serve(ctx context.Context, f serveFlags) error {
	if err := checkTemplates(f.templates); err != nil {
		return err
	}
	shop := newWorkshop(p, f.templates)
	if addr, err := net.ResolveTCPAddr("tcp", f.addr); err == nil {
		shop.few = loopback(addr)
	}
	began := p.clock()
	if err := shop.rebuild(ctx); err != nil {
		return err
	}
	watcher, err := live.NewWatcher()
	if err != nil {
		return exit.Fail("", fmt.Errorf("watch files: %w", err))
	}
	defer watcher.Close() // nothing was written
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return exit.Fail("choose another with --addr, such as 127.0.0.1:0 for any free port", fmt.Errorf("serve: %w", err))
	}
	live := live.NewSite(fmt.Sprint(began.UnixNano()), hostname.New(f.addr, f.hosts))
	live.Show(shop.pages)
	if !loopback(listener.Addr()) {
		p.err.Warnf("others can reach %s, and read all of this site, unpublished edits too; "+
			"--addr 127.0.0.1:8080 keeps it to this machine", listener.Addr())
	}
	p.out.Printf("serving http://%s/ (%s pages, built in %d ms); ctrl-c ends it",
		listener.Addr(), text.Count(len(shop.pages)), p.clock().Sub(began).Milliseconds())
	return p.keepServing(ctx, listener, live, shop, watcher)
}

// keepServing serves and rebuilds until the context ends.
func (p *program) keepServing(ctx context.Context, listener net.Listener, live *live.Site, shop *workshop,
	watcher *live.Watcher,
) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: live, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the streams of open pages
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	for {
		if err := watcher.Follow(shop.watched()); err != nil {
			p.err.Warnf("watch files: %v", err)
		}
		select {
		case err := <-served:
			return exit.Fail("", fmt.Errorf("serve: %w", err))
		case <-ctx.Done():
			stop()
			server.Close() // it ends either way
			return nil
		case names := <-watcher.Changed:
			p.rebuild(ctx, live, shop, names)
		}
	}
}

// rebuild shows the site with the last edits or, if they are wrong, says so.
func (p *program) rebuild(ctx context.Context, live *live.Site, shop *workshop, names []string) {
	began := p.clock()
	err := shop.rebuild(ctx)
	var f *exit.Failure
	switch {
	case err == nil:
		live.Show(shop.pages)
		p.out.Printf("rebuilt in %d ms after %s", p.clock().Sub(began).Milliseconds(), text.Join(", ", names...))
	case ctx.Err() != nil:
	case errors.As(err, &f):
		p.err.Fail(&exit.Failure{Err: f.Err, Problems: f.Problems, Next: "the last good site stays until this is mended"})
	default:
		p.err.Fail(&exit.Failure{Err: err})
	}
}

// loopback reports whether only this machine can reach an address.
func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
