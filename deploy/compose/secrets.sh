#!/bin/sh
# Makes up the secrets of the compose file, once: what is there stays. Each volume belongs to the user who reads it.
set -eu
umask 077

made_up() {
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'
}

if [ ! -f /secrets/gateway/GATEWAY_SECRET ]; then
    gateway=$(made_up) orders=$(made_up) redis=$(made_up) alice=$(made_up) bob=$(made_up)

    printf '%s' "$orders" > /secrets/orders/ORDERS_API_SECRET
    cat > /secrets/redis/users.acl <<ACL
user default off
user procura on >$redis ~procura:* resetchannels &procura:* -@all +ping +hello +getrange +set +del +incr +eval +zadd +zscore +zremrangebyscore +zrevrange +zrevrangebyscore +pexpire +publish +subscribe +unsubscribe
ACL
    made_up > /secrets/keycloak/admin
    printf '%s' "$alice" > /secrets/keycloak/alice
    printf '%s' "$bob" > /secrets/keycloak/bob
    sed -f /dev/stdin /compose/realm.json > /secrets/realm/procura-realm.json <<SED
s/@GATEWAY_SECRET@/$gateway/
s/@ORDERS_API_SECRET@/$orders/
s/@ALICE@/$alice/
s/@BOB@/$bob/
SED
    made_up > /secrets/grafana/admin

    printf '%s' "$orders" > /secrets/gateway/ORDERS_API_SECRET
    printf '%s' "$redis" > /secrets/gateway/REDIS_PASSWORD
    head -c 32 /dev/urandom | base64 | tr -d '\n' > /secrets/gateway/SEAL_KEY

    chown -R 65532:65532 /secrets/orders
    chown -R 999:999 /secrets/redis
    chown -R 1000:0 /secrets/keycloak /secrets/realm
    chown -R 472:0 /secrets/grafana
    # The last one says that all are there.
    printf '%s' "$gateway" > /secrets/gateway/.new
    chown -R 65532:65532 /secrets/gateway
    mv /secrets/gateway/.new /secrets/gateway/GATEWAY_SECRET
fi
