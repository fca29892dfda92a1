package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"
)

// Revocations are the sessions that have ended at a Pawl server, so that an access token that is good by itself is refused once its session is over.
type Revocations struct {
	url, name, secret string
	client            http.Client
	lock              sync.RWMutex
	ended             map[string]time.Time
	cursor            string
	heardAt           time.Time
}

// Follow reads what has ended, and goes on in the background.
func Follow(url, name, secret string, wait int) (*Revocations, error) {
	r := &Revocations{url: url, name: name, secret: secret, ended: map[string]time.Time{}}
	r.client.Timeout = time.Duration(wait+10) * time.Second
	// There may be several pages. All of them are known once the cursor stays.
	for hasMoved := true; hasMoved; {
		var err error
		if hasMoved, err = r.ask(0); err != nil {
			return nil, err
		}
	}
	go repeat(0, func() error { _, err := r.ask(wait); return err })
	return r, nil
}

// Has says whether a session has ended.
func (r *Revocations) Has(sid string) bool {
	r.lock.RLock()
	defer r.lock.RUnlock()
	_, found := r.ended[sid]
	return found
}

// Age is for how long the server has not answered: up to the wait and a little when all is well.
func (r *Revocations) Age() time.Duration {
	r.lock.RLock()
	defer r.lock.RUnlock()
	return time.Since(r.heardAt)
}

// An error is never "nothing has ended": the cursor stays, and the question is asked again.
func (r *Revocations) ask(wait int) (hasMoved bool, err error) {
	query := fmt.Sprintf("?wait=%d", wait)
	if r.cursor != "" {
		query += "&after=" + r.cursor
	}
	request, _ := http.NewRequest("GET", r.url+query, nil)
	request.SetBasicAuth(r.name, r.secret)
	var page struct {
		Cursor      string
		RememberFor int `json:"remember_for"`
		Revocations []struct{ Sid string }
	}
	if err := read(&r.client, request, &page); err != nil {
		return false, err
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	now := time.Now()
	for _, ending := range page.Revocations {
		r.ended[ending.Sid] = now.Add(time.Duration(page.RememberFor) * time.Second)
	}
	for sid, until := range r.ended {
		if until.Before(now) {
			delete(r.ended, sid)
		}
	}
	hasMoved = page.Cursor != r.cursor
	r.cursor, r.heardAt = page.Cursor, now
	return hasMoved, nil
}

// read sends a request and reads the JSON of its answer.
func read(client *http.Client, request *http.Request, into interface{}) error {
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", request.URL.Path, answer.StatusCode)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// repeat runs an action for ever. After an error it is tried again in a second.
func repeat(pause time.Duration, action func() error) {
	for {
		if err := action(); err != nil {
			log.Print(err)
			time.Sleep(time.Second)
		} else {
			time.Sleep(pause)
		}
	}
}
