// What Go says of CLIP_INFERENCE_API, for each line of JSON strings on standard input: the request
// is made as Weaviate makes it, and nothing is sent for a URL that can be asked for.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

var notSent = errors.New("not sent")

func says(value string) string {
	request, err := http.NewRequest("POST", value+"/vectorize", strings.NewReader("{}"))
	if err != nil {
		return "create POST request: " + err.Error()
	}
	dialer := func(network, address string) (net.Conn, error) {
		if _, err := net.ResolveTCPAddr(network, address); err != nil && strings.Contains(err.Error(), "invalid port") {
			return nil, fmt.Errorf("dial tcp: %w", err)
		}
		return nil, notSent
	}
	client := http.Client{Transport: &http.Transport{Dial: dialer}}
	_, err = client.Do(request)
	if errors.Is(err, notSent) {
		return "fail with status 404: ..."
	}
	return "send POST request: " + err.Error()
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var value string
		if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
			panic(err)
		}
		said, _ := json.Marshal(says(value))
		fmt.Println(string(said))
	}
}
