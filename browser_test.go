package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a page in a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	faults   []string // what the console shows in red
	requests []string // addresses that the page asked for
}

// open starts a browser of its own and opens an address.
func open(t *testing.T, address string) *tab {
	t.Helper()
	path := need(t, "chromium", "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", false), chromedp.ProxyServer(deadEnd(t)),
		chromedp.WindowSize(1400, 820))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	b.do(chromedp.Navigate(address))
	return b
}

// shown follows a file, opens the page of it, and waits until its last line is
// seen.
func shown(t *testing.T, text string, args ...string) (file string, p *program, b *tab) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, text)
	p = start(t, append(args, "app="+file)...)
	b = open(t, p.address.String()+"?stream=app")
	b.ends(text[strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1 : len(text)-1])
	return file, p, b
}

// call sends a command of the browser's protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	result, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, command, params)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// deadEnd returns the address of a proxy that answers nothing. What the browser
// asks of the world on its own behalf ends there; loopback needs no proxy.
func deadEnd(t *testing.T) string {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
		b.faults = append(b.faults, fault)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.faults = append(b.faults, fmt.Sprintf("%s %v", e.Type, e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.faults = append(b.faults, e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

// clean fails where the console shows faults but those that hold one of the
// expected words, or where something was asked of another origin.
func (b *tab) clean(origin string, expected ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, fault := range b.faults {
		for _, word := range expected {
			if strings.Contains(fault, word) {
				continue next
			}
		}
		b.t.Errorf("the console shows: %s", fault)
	}
	for _, request := range b.requests {
		if !strings.HasPrefix(request, origin) && !strings.HasPrefix(request, "data:") {
			b.t.Errorf("the page asks for %s", request)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("no request was seen")
	}
}

// do has the browser do something.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask returns the value of an expression in the page, or of its promise.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// click clicks on an element.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill empties a field and types into it.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	ask[string](b, fmt.Sprintf("document.querySelector(%q).value = ''", selector))
	b.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// paste puts a text into a field at once.
func (b *tab) paste(selector, text string) {
	b.t.Helper()
	ask[bool](b, fmt.Sprintf(`((e) => { e.value = %q; return e.dispatchEvent(new Event('input', { bubbles: true })); })(document.querySelector(%q))`,
		text, selector))
}

// shows waits until an element is seen with a text that holds what it should.
func (b *tab) shows(selector, want string) {
	b.t.Helper()
	var text string
	defer func() {
		if !strings.Contains(text, want) {
			b.t.Logf("%s shows %q", selector, text)
			b.shoot("failed")
		}
	}()
	until(b.t, fmt.Sprintf("%s shows %q", selector, want), func() bool {
		text = ask[string](b, fmt.Sprintf("((e) => e?.checkVisibility() ? e.innerText : '')(document.querySelector(%q))", selector))
		return strings.Contains(text, want)
	})
}

// searchDown looks for a text from the top of the view on, and shows what it finds.
func (b *tab) searchDown(text string) {
	b.t.Helper()
	b.press("/")
	b.fill("#search-field", text)
	b.click("#search-down")
	b.shows(".row.current", text)
	b.press("\x1b")
}

// rows returns the text of the lines that have elements.
func (b *tab) rows() []string {
	b.t.Helper()
	return ask[[]string](b, `[...document.querySelectorAll('#sheet .row .text')].map((e) => e.textContent)`)
}

// ends waits until the last line is this one.
func (b *tab) ends(line string) {
	b.t.Helper()
	until(b.t, "the last line is "+line, func() bool {
		rows := b.rows()
		return len(rows) > 0 && rows[len(rows)-1] == line
	})
}

// press presses a key, with Ctrl where the name says so.
func (b *tab) press(key string) {
	b.t.Helper()
	var options []chromedp.KeyOption
	key, ctrl := strings.CutPrefix(key, "Ctrl ")
	if ctrl {
		options = append(options, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	}
	b.do(chromedp.KeyEvent(key, options...))
}

// wheel turns the wheel over the lines; down is positive.
func (b *tab) wheel(px float64) {
	b.t.Helper()
	call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 700, Y: 400, DeltaX: 0.01, DeltaY: px})
}

// copy returns what copying gives, or nothing where that is still on its way.
func (b *tab) copy() string {
	b.t.Helper()
	return ask[string](b, `(() => {
		const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
		document.dispatchEvent(event);
		return event.clipboardData.getData('text/plain');
	})()`)
}

// copied selects every line and returns what copying gives.
func (b *tab) copied() string {
	b.t.Helper()
	b.do(chromedp.Focus(chromedp.CSS("#lines")))
	b.press("Ctrl a")
	var text string
	until(b.t, "something is copied", func() bool { text = b.copy(); return text != "" })
	return text
}

// look makes the page as wide as a screen, in a scheme: dark or light.
func (b *tab) look(width int64, scheme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, 820))
	b.scheme(scheme)
}

// scheme makes the system's colours dark or light, and has nothing move.
func (b *tab) scheme(scheme string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		},
	})
}

// shoot keeps a picture of the page for people to look at.
func (b *tab) shoot(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("screenshot: %v", err)
		return
	}
	if err := os.MkdirAll(".shots", 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(".shots", b.t.Name()+"-"+name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
