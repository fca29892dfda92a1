// Answers, for each line of standard input after the first, whether golang-jwt accepts that token. The first line says by which keys and rules.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"os"

	"github.com/golang-jwt/jwt"
)

type rules struct {
	Now        int64
	Skew       int64
	Issuer     string
	Audience   string
	Algorithms []string
	Required   []string
	Jwks       struct{ Keys []map[string]string }
}

type key struct {
	algorithm string
	public    interface{}
}

func number(text string) *big.Int {
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return new(big.Int).SetBytes(bytes)
}

func read(jwk map[string]string) key {
	if jwk["kty"] == "RSA" {
		return key{jwk["alg"], &rsa.PublicKey{N: number(jwk["n"]), E: int(number(jwk["e"]).Int64())}}
	}
	return key{jwk["alg"], &ecdsa.PublicKey{Curve: elliptic.P256(), X: number(jwk["x"]), Y: number(jwk["y"])}}
}

// The claims are asked one by one, for this version of the library has neither a clock nor a leeway that can be set.
func verify(text string, by rules, keys map[string]key) error {
	parser := jwt.NewParser(jwt.WithValidMethods(by.Algorithms), jwt.WithoutClaimsValidation())
	token, err := parser.Parse(text, func(token *jwt.Token) (interface{}, error) {
		kid, _ := token.Header["kid"].(string)
		found, ok := keys[kid]
		if !ok || found.algorithm != token.Method.Alg() {
			return nil, errors.New("no such key")
		}
		return found.public, nil
	})
	if err != nil {
		return err
	}
	claims, ok := token.Claims.(jwt.MapClaims)
	if !ok || !token.Valid {
		return errors.New("not valid")
	}
	for _, name := range by.Required {
		if _, ok := claims[name]; !ok {
			return errors.New("no " + name)
		}
	}
	switch {
	case !claims.VerifyIssuer(by.Issuer, true):
		return errors.New("issuer")
	case !claims.VerifyAudience(by.Audience, true):
		return errors.New("audience")
	case !claims.VerifyExpiresAt(by.Now-by.Skew, true):
		return errors.New("expired")
	case !claims.VerifyIssuedAt(by.Now+by.Skew, true):
		return errors.New("issued later")
	case !claims.VerifyNotBefore(by.Now+by.Skew, false):
		return errors.New("not yet")
	}
	return nil
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	answers := json.NewEncoder(os.Stdout)
	var by rules
	lines.Scan()
	if err := json.Unmarshal(lines.Bytes(), &by); err != nil {
		panic(err)
	}
	keys := map[string]key{}
	for _, jwk := range by.Jwks.Keys {
		keys[jwk["kid"]] = read(jwk)
	}
	for lines.Scan() {
		var token string
		if err := json.Unmarshal(lines.Bytes(), &token); err != nil {
			panic(err)
		}
		answer := map[string]interface{}{"accepted": true}
		if err := verify(token, by, keys); err != nil {
			answer = map[string]interface{}{"accepted": false, "why": err.Error()}
		}
		if err := answers.Encode(answer); err != nil {
			panic(err)
		}
	}
}
