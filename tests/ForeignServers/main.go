// Go's net/http on the socket that it inherits, with the few lines that the notify protocol takes.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	listener, err := net.FileListener(os.NewFile(3, "http"))
	if err != nil {
		log.Fatal(err)
	}

	var stopping atomic.Bool
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		fmt.Fprintf(w, "Hello from process %d\n", os.Getpid())
	})}
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	go server.Serve(listener)
	say("READY=1")

	<-stop.Done()
	say("STOPPING=1")

	// Shutdown cuts the connections that are idle at that moment: first let them be told with their next response.
	stopping.Store(true)
	time.Sleep(200 * time.Millisecond)
	server.Shutdown(context.Background())
}

// say tells the supervisor, where there is one: sd_notify(3).
func say(state string) {
	if socket, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET")); err == nil {
		defer socket.Close()
		socket.Write([]byte(state))
	}
}
