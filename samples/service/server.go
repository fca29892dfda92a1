// The same service in Go, with golang-jwt: it verifies access tokens by the public keys, and follows what has ended.
//
//	apt-get install golang-go golang-github-golang-jwt-jwt-dev
//	export GO111MODULE=off GOPATH=/usr/share/gocode        or, in a module, import github.com/golang-jwt/jwt/v4
//	PAWL_SECRET=… go run samples/service/*.go [PORT] [PAWL]     http://localhost:4000, beside http://localhost:5080
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt"
)

// Clocks may differ by so much.
const leeway = 5

var (
	issuer      = setting("PAWL_ISSUER", "urn:pawl")
	audience    = setting("PAWL_AUDIENCE", issuer)
	silence, _  = strconv.Atoi(setting("PAWL_SILENCE", "60"))
	failOpen    = os.Getenv("PAWL_FAIL_OPEN") != ""
	keys        *Keys
	revocations *Revocations
	parser      = jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithoutClaimsValidation())

	errNoKey    = errors.New("no such key")
	errNoAnswer = errors.New("the server has not said which keys it has")
	errExpired  = errors.New("expired")
	errClaims   = errors.New("claims of another issuer or audience")
)

func verify(text string) (jwt.MapClaims, error) {
	token, err := parser.Parse(text, func(token *jwt.Token) (interface{}, error) {
		kid, _ := token.Header["kid"].(string)
		if token.Header["typ"] != "at+jwt" {
			return nil, errNoKey
		}
		return keys.Find(kid)
	})
	if err != nil {
		return nil, err
	}
	claims, now := token.Claims.(jwt.MapClaims), time.Now().Unix()
	switch {
	case !claims.VerifyIssuer(issuer, true), !claims.VerifyAudience(audience, true), !claims.VerifyIssuedAt(now+leeway, true):
		return nil, errClaims
	case !claims.VerifyExpiresAt(now-leeway, true):
		return nil, errExpired
	}
	return claims, nil
}

func answer(authorization string) (int, string) {
	if authorization == "" {
		return 401, "authentication_required"
	}
	claims, err := verify(strings.TrimPrefix(authorization, "Bearer "))
	switch {
	case err == errExpired:
		return 401, "access_token_expired"
	// Without the keys no verdict is possible, and no user is signed out.
	case errors.Is(err, errNoAnswer):
		return 503, "store_unavailable"
	case err != nil:
		return 401, "access_token_invalid"
	}
	sub, _ := claims["sub"].(string)
	sid, _ := claims["sid"].(string)
	switch {
	case sub == "" || sid == "":
		return 401, "access_token_invalid"
	// A token that is bound to a key needs a proof of that key, which this service does not check.
	case claims["cnf"] != nil:
		return 401, "device_proof_required"
	case revocations.Has(sid):
		return 401, "session_ended"
	// If the server has not answered for a minute, nobody can tell who has signed out. This service then refuses, unless it is told to go on.
	case revocations.Age() > time.Duration(silence)*time.Second && !failOpen:
		return 503, "store_unavailable"
	}
	return 200, sub
}

func handle(w http.ResponseWriter, r *http.Request) {
	status, text := answer(r.Header.Get("Authorization"))
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Cache-Control", "no-store")
	// Clients of Pawl go by these headers.
	switch status {
	case 401:
		w.Header().Set("Pawl-Problem", text)
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	case 503:
		w.Header().Set("Pawl-Problem", text)
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}

func main() {
	port, pawl := argument(1, "4000"), strings.TrimSuffix(argument(2, "http://localhost:5080"), "/")
	var err error
	if keys, err = FollowKeys(pawl + "/auth/jwks"); err == nil {
		revocations, err = Follow(pawl+"/auth/revocations", "sample", os.Getenv("PAWL_SECRET"), (silence+2)/3)
	}
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "localhost:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://localhost:%d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(handle)))
}

func setting(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}

func argument(index int, usual string) string {
	if len(os.Args) > index {
		return os.Args[index]
	}
	return usual
}
