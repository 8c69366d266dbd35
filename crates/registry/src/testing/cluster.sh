# Runs a throw-away PostgreSQL cluster in a folder of its own until its standard input ends, which it does when the
# program that started it ends, however it ends. Prints the folder, in which the socket is, or a line that begins
# with "failed". The argument is the folder of the programs.
set -u
umask 077
# Not TMPDIR, which can be long: the path of a socket has room for some hundred bytes.
dir=$(mktemp -d /tmp/innocap-postgres.XXXXXX) || { echo "failed: no temporary folder"; exit 1; }
server=
finish() {
    trap '' HUP INT TERM
    # Fast shutdown: sessions are ended, the server removes its shared memory.
    if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP TERM
# Ctrl-C goes to the whole terminal; the end of the input follows.
trap '' INT

make() { "$1/initdb" -D "$dir/data" -U innocap -A trust -E UTF8 --no-sync --locale=C "$2" "$3" >"$dir/log" 2>&1; }
# Sorted by the rules of a language by default, as an operator's database may be, so that a column that needs another
# order and does not say so is found out.
if ! make "$1" --locale-provider=icu --icu-locale=sv; then
    rm -rf "$dir/data"
    if ! make "$1" --lc-messages=C --lc-time=C; then
        echo "failed: $(tail -n 3 "$dir/log" | tr '\n' ' ')"
        exit 1
    fi
fi
# Nothing here has to survive a power cut.
"$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off >"$dir/log" 2>&1 </dev/null &
server=$!
echo "$dir"
while read -r _; do :; done
