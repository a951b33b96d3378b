#!/bin/sh
# Walks through every operation of the API against a running server: sh walk.sh http://localhost:8080
set -eu
base=${1:-http://localhost:8080}/api
run=$$ # names of its own, so that it can walk again

# STATUS METHOD PATH [TOKEN] [BODY]: asks, and stops when the answer has another status. The body is in $said.
ask() {
  said=$(curl -sS -X "$2" "$base$3" ${4:+-H "Authorization: Token $4"} \
    -H 'Content-Type: application/json' ${5:+--data "$5"} -w ' %{http_code}')
  [ "${said##* }" = "$1" ] || { echo "$2 $3: $said in place of $1" >&2; exit 1; }
  said=${said% *}
  echo "$1 $2 $3"
}

# PART: stops unless the last answer has it.
has() {
  case $said in *"$1"*) ;; *) echo "no $1 in $said" >&2; exit 1 ;; esac
}

# FIELD: the text of a field of the last answer.
field() { printf %s "$said" | sed "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/"; }

sign_up() { # NAME
  ask 201 POST /users '' "{\"user\":{\"username\":\"$1$run\",\"email\":\"$1$run@conduit.example\",\"password\":\"long enough\"}}"
}

sign_up ada
ada=$(field token)
sign_up bob
bob=$(field token)
ask 422 POST /users '' '{"user":{"username":"","email":"?","password":""}}'
has '{"errors":{"body":["username must not be empty"'
ask 422 POST /users '' '{"user":{"username":7}}'
has '{"errors":{"body":["user.username must be '
ask 200 POST /users/login '' "{\"user\":{\"email\":\"ada$run@conduit.example\",\"password\":\"long enough\"}}"
ask 401 POST /users/login '' "{\"user\":{\"email\":\"ada$run@conduit.example\",\"password\":\"wrong\"}}"
ask 200 GET /user "$ada"
ask 401 GET /user
ask 200 PUT /user "$ada" '{"user":{"bio":"writes","image":"https://conduit.example/ada.png"}}'
has '"bio":"writes"'

ask 200 POST "/profiles/ada$run/follow" "$bob"
has '"following":true'
ask 200 GET "/profiles/ada$run"
has '"following":false'

ask 201 POST /articles "$ada" "{\"article\":{\"title\":\"On engines $run\",\"description\":\"d\",\"body\":\"b\",\"tagList\":[\"engines\",\"notes\"]}}"
slug=$(field slug)
ask 200 GET "/articles/$slug"
ask 200 GET '/articles?tag=engines&limit=1'
has "\"slug\":\"$slug\""
ask 200 GET "/articles?author=ada$run"
has '"articlesCount":1'
ask 422 GET '/articles?limit=0'
ask 200 GET /articles/feed "$bob"
has '"articlesCount":1'
ask 403 PUT "/articles/$slug" "$bob" '{"article":{"body":"mine"}}'
ask 200 PUT "/articles/$slug" "$ada" "{\"article\":{\"title\":\"On other engines $run\"}}"
slug=$(field slug)
ask 200 GET /tags
has '"engines"'

ask 200 POST "/articles/$slug/favorite" "$bob"
has '"favorited":true,"favoritesCount":1'
ask 200 GET "/articles?favorited=bob$run"
has '"articlesCount":1'
ask 200 DELETE "/articles/$slug/favorite" "$bob"
has '"favorited":false,"favoritesCount":0'

ask 200 POST "/articles/$slug/comments" "$bob" '{"comment":{"body":"nice"}}'
id=$(printf %s "$said" | sed 's/.*"id":\([0-9]*\).*/\1/')
ask 200 GET "/articles/$slug/comments"
has '"body":"nice"'
ask 403 DELETE "/articles/$slug/comments/$id" "$ada"
ask 204 DELETE "/articles/$slug/comments/$id" "$bob"

ask 200 DELETE "/profiles/ada$run/follow" "$bob"
has '"following":false'
ask 204 DELETE "/articles/$slug" "$ada"
ask 404 GET "/articles/$slug"
has '{"errors":{"body":["there is no article'
echo "all is well"
