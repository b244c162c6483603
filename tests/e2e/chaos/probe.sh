# SPDX-License-Identifier: BSD-2-Clause
# Run by a copy of bash in the governed cgroup: connects again and again until DIR/stop, each time knowing what the verdict
# may be. A wrong one is a line of standard output. DIR/knew gets "KIND allowed" and "KIND denied" the first time that it had
# to be that, DIR/tally "KIND allowed denied free" when it ends, so that a soak that asked nothing, or never knew an answer,
# is seen.
#   probe.sh DIR KIND PORT [PORT]
#     fixed ALLOWED DENIED    one port always, the other never
#     turned ODD EVEN         by whether DIR/push.* is odd: one port, else the other
#     device PORT             while DIR/fact.* is odd; while DIR/kill.* says that posternd is down it may be denied
#     proof PORT              in a login session: for four seconds from a login on (postern login by DIR/bin/login)
dir=$1 kind=$2 a=$3 b=${4:-}
allowed=0 denied=0 free=0

connects() { { { :; } 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; }
# Into variables, because a substitution forks: number NAME FILE, moment NAME (in ms).
number() { read -r "$1" <"$dir/$2"; }
moment() { printf -v "$1" '%s' $((${EPOCHREALTIME/[.,]/} / 1000)); }
# What had to be was: know allowed, know denied.
know() {
	local -n count=$1
	((count++)) || echo "$kind $1" >>"$dir/knew"
}
wrong() { echo "$kind: $* at $EPOCHREALTIME"; }

# expects yes|no|any PORT WORDS: one connection.
expects() {
	local got=no
	connects "$2" && got=yes
	if [ "$1" = any ]; then
		free=$((free + 1))
	elif [ "$1" != "$got" ]; then
		wrong "port $2 allowed: $got, must be $1; $3"
	elif [ "$got" = yes ]; then
		know allowed
	else
		know denied
	fi
}

# What was done before and what had begun after a probe are the same: then it must be known what holds. settled NAME PORT YES NO
# asks while it is free, and judges afterwards.
settled() {
	local name=$1 port=$2 before after got=no down up again want
	number down kill.begun
	number before "$name.done"
	connects "$port" && got=yes
	number after "$name.begun"
	number up kill.done
	number again kill.begun
	if [ "$before" != "$after" ]; then
		free=$((free + 1))
		return
	fi
	want=$((before % 2 == $3))
	if [ "$kind" = device ] && { [ "$down" != "$again" ] || [ "$down" != "$up" ]; } && [ $want = 1 ]; then
		free=$((free + 1))
	elif [ $want = 1 ] && [ $got = yes ]; then
		know allowed
	elif [ $want = 0 ] && [ $got = no ]; then
		know denied
	else
		wrong "port $port allowed: $got, must be $want; $name $before, kill $down to $up"
	fi
}

# Within 4 s of the login's begin it must be allowed, 4.5 s after its end it must not; in between nobody knows.
proof_round() {
	local from to begin end from_known
	moment from
	"$dir/bin/login" >/dev/null 2>&1 && from_known=1 || from_known=
	moment to
	while [ ! -e "$dir/stop" ]; do
		local got=no
		moment begin
		connects "$a" && got=yes
		moment end
		if [ $begin -gt $((to + 4500)) ]; then
			[ $got = no ] && know denied || wrong "port $a allowed $((begin - to)) ms after the login"
			[ $begin -lt $((to + 5200)) ] || break
		elif [ -n "$from_known" ] && [ $end -lt $((from + 4000)) ]; then
			[ $got = yes ] && know allowed || wrong "port $a denied $((end - from)) ms after a login"
		else
			free=$((free + 1))
		fi
		sleep 0.02
	done
}

while [ ! -e "$dir/stop" ]; do
	case $kind in
	fixed) expects yes "$a" always && expects no "$b" never ;;
	turned) settled push "$a" 1 && settled push "$b" 0 ;;
	device) settled fact "$a" 1 ;;
	proof) proof_round ;;
	esac
done
echo "$kind $allowed $denied $free" >>"$dir/tally"
