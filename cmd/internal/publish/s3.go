package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// BucketOptions say which bucket of an S3-compatible store a site is published to.
type BucketOptions struct {
	Endpoint string // host and port, "s3.amazonaws.com"
	Insecure bool   // plain http
	Region   string
	Bucket   string
	Folder   string // before every object's name; "" is the bucket's root

	AccessKey, SecretKey, SessionToken string

	ContentType func(name string) string // of a file, by its name
	Adopt       bool                     // replace objects of a site's names that ip3dp did not write
	Transport   http.RoundTripper        // nil: the library's
	Retries     int                      // of a request; 0: the library's ten
}

// Bucket publishes to an S3-compatible store. There no many objects change in one
// step: objects are written in such an order that no page is seen before what it
// needs, and a receipt, written first and last, knows after a crash what is ours.
type Bucket struct {
	objects *objects
	o       BucketOptions
}

// NewBucket checks the options; it reaches no network.
func NewBucket(o BucketOptions) (*Bucket, error) {
	objects, err := newObjects(&o)
	if err != nil {
		return nil, err
	}
	return &Bucket{objects, o}, nil
}

// String is the bucket and the folder in it.
func (b *Bucket) String() string { return "s3://" + path.Join(b.o.Bucket, b.o.Folder) }

// object is the name of an object of the site or preview at prefix.
func (b *Bucket) object(prefix, name string) string { return path.Join(b.o.Folder, prefix, name) }

// workers is how many objects are written at a time.
const workers = 8

// upload is a file that has to be written.
type upload struct {
	name  string
	row   Row
	stage int
}

// Stages of writing. A page links to pages and loads assets: those it may need are
// there before it is.
const (
	newAsset  = iota
	newPage   // nobody links to it yet
	oldAsset  // under a name that pages know already
	oldPage   // may link to new pages
	entrance  // index.html
	inventory // the manifest, which names all others
	allStages // their number
)

// stageOf says when a file is written; known says that an earlier site had it.
func stageOf(name string, known bool) int {
	page := path.Ext(name) == ".html"
	switch {
	case name == ManifestPath:
		return inventory
	case name == "index.html":
		return entrance
	case page && known:
		return oldPage
	case page:
		return newPage
	case known:
		return oldAsset
	}
	return newAsset
}

// Publish writes what is new or changed, then removes what was published before and
// is no more in the site. An error half-way leaves pages of the old site, of the new
// one, or some of both, each with its assets; publishing again mends it.
func (b *Bucket) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Result, error) {
	old, err := b.known(ctx, prefix)
	if err != nil {
		return Result{}, err
	}
	there, err := b.list(ctx, prefix)
	if err != nil {
		return Result{}, err
	}
	rows := map[string]Row{}
	var uploads []upload
	for _, f := range site.Files {
		data, err := site.Read(f.Path)
		if err != nil {
			return Result{}, err
		}
		row := rowOf(data)
		rows[f.Path] = row
		was, ours := old.Files[f.Path]
		size, exists := there[f.Path]
		if exists && !ours && !b.o.Adopt {
			return Result{}, fmt.Errorf("%s is there and was not published by ip3dp: remove it, publish below another "+
				"name, or pass --adopt to replace it", b.object(prefix, f.Path))
		}
		if was != row || !exists || size != row.Size {
			uploads = append(uploads, upload{f.Path, row, stageOf(f.Path, exists)})
		}
	}
	var gone []string
	for name := range old.Files {
		if _, stays := rows[name]; !stays {
			gone = append(gone, name)
		}
	}
	result := Result{Written: len(uploads), Unchanged: len(rows) - len(uploads), Removed: len(gone)}
	if len(uploads) == 0 && len(gone) == 0 && prefix == "" {
		return result, nil
	}
	if err := b.announce(ctx, prefix, old, uploads, now); err != nil {
		return Result{}, err
	}
	if err := b.write(ctx, site, prefix, uploads); err != nil {
		return Result{}, err
	}
	if err := b.delete(ctx, prefix, gone); err != nil {
		return Result{}, err
	}
	return result, b.put(ctx, prefix, Receipt, encodeReceipt(&receipt{At: now, Files: rows}))
}

// announce notes, before anything is written, what will be ours and what may be
// half-written: a later run then trusts none of it and may remove all of it.
func (b *Bucket) announce(ctx context.Context, prefix string, old *receipt, uploads []upload, now time.Time) error {
	files := maps.Clone(old.Files)
	if files == nil {
		files = map[string]Row{}
	}
	for _, u := range uploads {
		files[u.name] = Row{}
	}
	return b.put(ctx, prefix, Receipt, encodeReceipt(&receipt{At: now, Files: files}))
}

// write uploads stage by stage, several files at a time.
func (b *Bucket) write(ctx context.Context, site *Site, prefix string, uploads []upload) error {
	for stage := range allStages {
		var list []upload
		for _, u := range uploads {
			if u.stage == stage {
				list = append(list, u)
			}
		}
		err := each(ctx, list, func(ctx context.Context, u upload) error {
			data, err := site.Read(u.name)
			if err != nil {
				return err
			}
			if rowOf(data) != u.row {
				return fmt.Errorf("%s changed while it was published: build into another folder meanwhile", u.name)
			}
			return b.put(ctx, prefix, u.name, data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls do for every upload, some at a time, and stops at the first error.
func each(ctx context.Context, list []upload, do func(context.Context, upload) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan upload)
	var wg sync.WaitGroup
	for range min(workers, len(list)) {
		wg.Go(func() {
			for u := range next {
				if err := do(ctx, u); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, u := range list {
		if ctx.Err() != nil {
			break
		}
		next <- u
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// fingerprinted are names that change with their content.
var fingerprinted = regexp.MustCompile(`^assets/.*\.[0-9a-f]{8,}\.[a-z0-9]+$`)

// cacheControl lets browsers keep what never changes under its name and ask again
// for all else.
func cacheControl(name string) string {
	if fingerprinted.MatchString(name) {
		return "public, max-age=31536000, immutable"
	}
	return "public, max-age=0, must-revalidate"
}

func (b *Bucket) put(ctx context.Context, prefix, name string, data []byte) error {
	object := b.object(prefix, name)
	return b.failure(object, b.objects.put(ctx, object, data, b.o.ContentType(name), cacheControl(name)))
}

// delete removes objects, pages before what they need.
func (b *Bucket) delete(ctx context.Context, prefix string, names []string) error {
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(-cmp.Compare(stageOf(x, true), stageOf(y, true)), strings.Compare(x, y))
	})
	for _, name := range names {
		object := b.object(prefix, name)
		if err := b.objects.remove(ctx, object); err != nil {
			return b.failure(object, err)
		}
	}
	return nil
}

// failure is an error of the store, without its request's signature.
func (b *Bucket) failure(object string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("s3://%s/%s: %w", b.o.Bucket, object, err)
}

// receiptLimit is how much of a receipt is read: far more than that of any site.
const receiptLimit = 64 << 20

// receipt reads what was published at prefix; an empty one if nothing was.
func (b *Bucket) receipt(ctx context.Context, prefix string) (*receipt, error) {
	name := b.object(prefix, Receipt)
	data, err := b.objects.get(ctx, name, receiptLimit)
	if errors.Is(err, errNoObject) {
		return &receipt{}, nil
	}
	if err != nil {
		return nil, b.failure(name, err)
	}
	return decodeReceipt(data)
}

// known returns what was published at prefix: the receipt decides or, if that is
// damaged, the manifest, whose files are then all written again.
func (b *Bucket) known(ctx context.Context, prefix string) (*receipt, error) {
	r, damaged := b.receipt(ctx, prefix)
	if !errors.Is(damaged, errDamaged) {
		return r, damaged
	}
	name := b.object(prefix, ManifestPath)
	data, err := b.objects.get(ctx, name, receiptLimit)
	if err != nil && !errors.Is(err, errNoObject) {
		return nil, b.failure(name, err)
	}
	r = &receipt{Files: map[string]Row{}}
	m, lost := decodeManifest(data)
	if lost != nil {
		if b.o.Adopt {
			return r, nil
		}
		return nil, fmt.Errorf("%s: %w, and so is %s: pass --adopt once to replace what is there",
			b.object(prefix, Receipt), damaged, ManifestPath)
	}
	for _, name := range sortedNames(m.list().files) {
		r.Files[name] = Row{}
	}
	return r, nil
}

// list returns the sizes of the objects at prefix by their names below it, without
// those of previews.
func (b *Bucket) list(ctx context.Context, prefix string) (map[string]int64, error) {
	base := b.object(prefix, "")
	if base != "" {
		base += "/"
	}
	sizes := map[string]int64{}
	err := b.objects.list(ctx, base, "", func(page *listing) {
		for _, o := range page.Contents {
			name := strings.TrimPrefix(o.Key, base)
			if prefix != "" || !strings.HasPrefix(name, Previews+"/") {
				sizes[name] = o.Size
			}
		}
	})
	return sizes, b.failure(base, err)
}

// Remove removes what was published at a preview's prefix, and nothing else there.
func (b *Bucket) Remove(ctx context.Context, prefix string, _ time.Time) (Result, error) {
	old, err := b.receipt(ctx, prefix)
	if err != nil {
		return Result{}, err
	}
	if old.At.IsZero() {
		return Result{}, nil
	}
	if err := b.delete(ctx, prefix, slices.Collect(maps.Keys(old.Files))); err != nil {
		return Result{}, err
	}
	// Last, so that a run that died half-way can be repeated.
	return Result{Removed: len(old.Files), Previews: []string{prefix}}, b.delete(ctx, prefix, []string{Receipt})
}

// Prune removes previews whose receipt is from before a time. Folders without a
// receipt are not ours and stay.
func (b *Bucket) Prune(ctx context.Context, before, now time.Time) (Result, error) {
	base := b.object(Previews, "") + "/"
	var prefixes []string
	err := b.objects.list(ctx, base, "/", func(page *listing) {
		for _, folder := range page.CommonPrefixes {
			if prefix := Previews + "/" + strings.Trim(strings.TrimPrefix(folder.Prefix, base),
				"/"); prefixPattern.MatchString(prefix) {
				prefixes = append(prefixes, prefix)
			}
		}
	})
	if err != nil {
		return Result{}, b.failure(base, err)
	}
	var result Result
	for _, prefix := range prefixes {
		old, err := b.receipt(ctx, prefix)
		if err != nil {
			return result, err
		}
		if old.At.IsZero() || !old.At.Before(before) {
			continue
		}
		r, err := b.Remove(ctx, prefix, now)
		if err != nil {
			return result, err
		}
		result.Removed += r.Removed
		result.Previews = append(result.Previews, r.Previews...)
	}
	return result, nil
}
