package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"math/big"
	"net/http"
	"sync"
	"time"
)

// Keys are the public keys of a Pawl server. They are read again at an unknown kid, at most every 5 seconds, and every 30 seconds, so that a key that
// was taken out of use does not stay.
type Keys struct {
	url    string
	client http.Client
	lock   sync.Mutex
	known  map[string]*ecdsa.PublicKey
	readAt time.Time
}

// FollowKeys reads the keys, and goes on in the background.
func FollowKeys(url string) (*Keys, error) {
	k := &Keys{url: url}
	k.client.Timeout = 10 * time.Second
	if err := k.read(); err != nil {
		return nil, err
	}
	go func() {
		time.Sleep(30 * time.Second)
		repeat(30*time.Second, k.read)
	}()
	return k, nil
}

// Find returns the key with exactly this kid. An error of the network is no verdict about a token.
func (k *Keys) Find(kid string) (interface{}, error) {
	k.lock.Lock()
	key, isOld := k.known[kid], time.Since(k.readAt) > 5*time.Second
	k.lock.Unlock()
	if key == nil && isOld {
		if err := k.read(); err != nil {
			return nil, errNoAnswer
		}
		k.lock.Lock()
		key = k.known[kid]
		k.lock.Unlock()
	}
	if key == nil {
		return nil, errNoKey
	}
	return key, nil
}

func (k *Keys) read() error {
	k.lock.Lock()
	k.readAt = time.Now()
	k.lock.Unlock()
	var set struct {
		Keys []struct{ Alg, Kid, X, Y string }
	}
	request, _ := http.NewRequest("GET", k.url, nil)
	if err := read(&k.client, request, &set); err != nil {
		return err
	}
	known := map[string]*ecdsa.PublicKey{}
	for _, jwk := range set.Keys {
		key := &ecdsa.PublicKey{Curve: elliptic.P256(), X: number(jwk.X), Y: number(jwk.Y)}
		if jwk.Alg == "ES256" && key.IsOnCurve(key.X, key.Y) {
			known[jwk.Kid] = key
		}
	}
	k.lock.Lock()
	k.known = known
	k.lock.Unlock()
	return nil
}

func number(text string) *big.Int {
	bytes, _ := base64.RawURLEncoding.DecodeString(text)
	return new(big.Int).SetBytes(bytes)
}
