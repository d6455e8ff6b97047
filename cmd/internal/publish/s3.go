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

// BucketOptions selects the bucket of an S3-compatible store to publish a site to.
type BucketOptions struct {
	Endpoint string // host and port, "s3.amazonaws.com"
	Insecure bool   // plain http
	Region   string
	Bucket   string
	Folder   string // prefix of every object's name; "" is the bucket's root

	AccessKey, SecretKey, SessionToken string

	ContentType func(name string) string // by the name of a file
	Adopt       bool                     // replace objects that ip3dp did not write
	Transport   http.RoundTripper        // nil: the library's
	Retries     int                      // of a request; 0: the library's default of ten
}

// Bucket publishes to an S3-compatible store. A store cannot change many objects in one step,
// so assets are written before the pages that need them. A receipt, written first and last,
// lists the published objects in case of a crash.
type Bucket struct {
	objects *objectClient
	o       BucketOptions
}

// NewBucket checks the options. It does not use the network.
func NewBucket(o BucketOptions) (*Bucket, error) {
	objects, err := newObjects(&o)
	if err != nil {
		return nil, err
	}
	return &Bucket{objects, o}, nil
}

// String returns the bucket and the folder in it.
func (b *Bucket) String() string { return "s3://" + path.Join(b.o.Bucket, b.o.Folder) }

// objectName returns the name of an object of the site or preview at prefix.
func (b *Bucket) objectName(prefix, name string) string { return path.Join(b.o.Folder, prefix, name) }

// workers is the number of objects written at a time.
const workers = 8

// upload is a file to write.
type upload struct {
	name  string
	row   FileSum
	stage int
}

// Stages of writing. A page links to pages and loads assets: those that it may need are written
// before it.
const (
	newAsset  = iota
	newPage   // no page links to it yet
	oldAsset  // under a name that pages already use
	oldPage   // may link to new pages
	entrance  // index.html
	inventory // the manifest, which lists all others
	allStages // number of stages
)

// uploadStage returns the stage of a file. replaced is true if an earlier site had it.
func uploadStage(name string, replaced bool) int {
	page := path.Ext(name) == ".html"
	switch {
	case name == ManifestPath:
		return inventory
	case name == "index.html":
		return entrance
	case page && replaced:
		return oldPage
	case page:
		return newPage
	case replaced:
		return oldAsset
	}
	return newAsset
}

// Publish writes new and changed files, then removes published files that are no longer in the
// site. An error in the middle leaves pages of the old site and the new one, each with its
// assets; publishing again repairs it.
func (b *Bucket) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Summary, error) {
	old, err := b.readKnown(ctx, prefix)
	if err != nil {
		return Summary{}, err
	}
	there, err := b.listSizes(ctx, prefix)
	if err != nil {
		return Summary{}, err
	}
	rows := map[string]FileSum{}
	var uploads []upload
	for _, f := range site.Files {
		data, err := site.Read(f.Path)
		if err != nil {
			return Summary{}, err
		}
		row := newFileSum(data)
		rows[f.Path] = row
		was, ours := old.Files[f.Path]
		size, exists := there[f.Path]
		if exists && !ours && !b.o.Adopt {
			return Summary{}, fmt.Errorf("%s is there and was not published by ip3dp: remove it, publish below another "+
				"name, or pass --adopt to replace it", b.objectName(prefix, f.Path))
		}
		if was != row || !exists || size != row.Size {
			uploads = append(uploads, upload{f.Path, row, uploadStage(f.Path, exists)})
		}
	}
	var gone []string
	for name := range old.Files {
		if _, stays := rows[name]; !stays {
			gone = append(gone, name)
		}
	}
	result := Summary{Written: len(uploads), Unchanged: len(rows) - len(uploads), Removed: len(gone)}
	if len(uploads) == 0 && len(gone) == 0 && prefix == "" {
		return result, nil
	}
	if err := b.announceUploads(ctx, prefix, old, uploads, now); err != nil {
		return Summary{}, err
	}
	if err := b.writeUploads(ctx, site, prefix, uploads); err != nil {
		return Summary{}, err
	}
	if err := b.deleteObjects(ctx, prefix, gone); err != nil {
		return Summary{}, err
	}
	return result, b.putObject(ctx, prefix, Receipt, encodeReceipt(&receipt{At: now, Files: rows}))
}

// announceUploads records, before any upload, which objects will be published and may be
// incomplete. A later run then uploads all of them again, or removes them.
func (b *Bucket) announceUploads(ctx context.Context, prefix string, old *receipt, uploads []upload,
	now time.Time,
) error {
	files := maps.Clone(old.Files)
	if files == nil {
		files = map[string]FileSum{}
	}
	for _, u := range uploads {
		files[u.name] = FileSum{}
	}
	return b.putObject(ctx, prefix, Receipt, encodeReceipt(&receipt{At: now, Files: files}))
}

// writeUploads uploads stage by stage, several files at a time.
func (b *Bucket) writeUploads(ctx context.Context, site *Site, prefix string, uploads []upload) error {
	for stage := range allStages {
		var list []upload
		for _, u := range uploads {
			if u.stage == stage {
				list = append(list, u)
			}
		}
		err := forEachUpload(ctx, list, func(ctx context.Context, u upload) error {
			data, err := site.Read(u.name)
			if err != nil {
				return err
			}
			if newFileSum(data) != u.row {
				return fmt.Errorf("%s changed while it was published: build into another folder", u.name)
			}
			return b.putObject(ctx, prefix, u.name, data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forEachUpload calls do for every upload, several at a time, and stops at the first error.
func forEachUpload(ctx context.Context, list []upload, do func(context.Context, upload) error) error {
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

// fingerprinted matches names that change with the content.
var fingerprinted = regexp.MustCompile(`^assets/.*\.[0-9a-f]{8,}\.[a-z0-9]+$`)

// cacheControl lets browsers keep fingerprinted files and revalidate all others.
func cacheControl(name string) string {
	if fingerprinted.MatchString(name) {
		return "public, max-age=31536000, immutable"
	}
	return "public, max-age=0, must-revalidate"
}

func (b *Bucket) putObject(ctx context.Context, prefix, name string, data []byte) error {
	object := b.objectName(prefix, name)
	return b.wrapError(object, b.objects.put(ctx, object, data, b.o.ContentType(name), cacheControl(name)))
}

// deleteObjects deletes objects, pages before their assets.
func (b *Bucket) deleteObjects(ctx context.Context, prefix string, names []string) error {
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(-cmp.Compare(uploadStage(x, true), uploadStage(y, true)), strings.Compare(x, y))
	})
	for _, name := range names {
		object := b.objectName(prefix, name)
		if err := b.objects.remove(ctx, object); err != nil {
			return b.wrapError(object, err)
		}
	}
	return nil
}

// wrapError adds the object to an error of the store, without the request's signature.
func (b *Bucket) wrapError(object string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("s3://%s/%s: %w", b.o.Bucket, object, err)
}

// receiptLimit is the most that is read of a receipt: far more than any site needs.
const receiptLimit = 64 << 20

// readReceipt reads the receipt at prefix, or returns an empty one.
func (b *Bucket) readReceipt(ctx context.Context, prefix string) (*receipt, error) {
	name := b.objectName(prefix, Receipt)
	data, err := b.objects.get(ctx, name, receiptLimit)
	if errors.Is(err, errNoObject) {
		return &receipt{}, nil
	}
	if err != nil {
		return nil, b.wrapError(name, err)
	}
	return decodeReceipt(data)
}

// readKnown returns the files published at prefix: from the receipt or, if that is damaged,
// from the manifest. All files of the manifest are then written again.
func (b *Bucket) readKnown(ctx context.Context, prefix string) (*receipt, error) {
	r, damaged := b.readReceipt(ctx, prefix)
	if !errors.Is(damaged, errDamaged) {
		return r, damaged
	}
	name := b.objectName(prefix, ManifestPath)
	data, err := b.objects.get(ctx, name, receiptLimit)
	if err != nil && !errors.Is(err, errNoObject) {
		return nil, b.wrapError(name, err)
	}
	r = &receipt{Files: map[string]FileSum{}}
	m, lost := decodeManifest(data)
	if lost != nil {
		if b.o.Adopt {
			return r, nil
		}
		return nil, fmt.Errorf("%s: %w, and so is %s: pass --adopt once to replace what is there",
			b.objectName(prefix, Receipt), damaged, ManifestPath)
	}
	for _, name := range sortedNames(m.listNames().files) {
		r.Files[name] = FileSum{}
	}
	return r, nil
}

// listSizes returns the sizes of the objects at prefix by their names below it, without those
// of previews.
func (b *Bucket) listSizes(ctx context.Context, prefix string) (map[string]int64, error) {
	base := b.objectName(prefix, "")
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
	return sizes, b.wrapError(base, err)
}

// Remove removes the files published at a preview's prefix, and nothing else.
func (b *Bucket) Remove(ctx context.Context, prefix string, _ time.Time) (Summary, error) {
	old, err := b.readReceipt(ctx, prefix)
	if err != nil {
		return Summary{}, err
	}
	if old.At.IsZero() {
		return Summary{}, nil
	}
	if err := b.deleteObjects(ctx, prefix, slices.Collect(maps.Keys(old.Files))); err != nil {
		return Summary{}, err
	}
	// Last, so that an interrupted run can be repeated.
	return Summary{Removed: len(old.Files), Previews: []string{prefix}}, b.deleteObjects(ctx, prefix, []string{Receipt})
}

// Prune removes previews with a receipt from before a time. Folders without a receipt were not
// published by ip3dp and stay.
func (b *Bucket) Prune(ctx context.Context, before, now time.Time) (Summary, error) {
	base := b.objectName(Previews, "") + "/"
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
		return Summary{}, b.wrapError(base, err)
	}
	var result Summary
	for _, prefix := range prefixes {
		old, err := b.readReceipt(ctx, prefix)
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
