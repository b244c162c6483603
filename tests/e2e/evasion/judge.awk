# SPDX-License-Identifier: BSD-2-Clause
# What came of each attempt against table.txt. Files: the table, the three rounds, the events.
# Variables: dir, kernel (a column's name), known, lsm, root (0 or 1), loader and ip (their paths), wanted (names);
# missing: instead, a round so far: the names of what should have arrived in it and did not.

function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

function has(name, mark) { return ("," marks[name] ",") ~ ("," mark ",") }

function expected(name,   e) {
	e = by_kernel[name]
	if (!lsm && without_lsm[name] != "=" && e != "absent") e = without_lsm[name]
	if (root && at_root[name] != "=" && e != "absent") e = at_root[name]
	return e
}

# The executable and the user that the event must name.
function program_of(name,   s) {
	s = subject[name]
	sub(/@.*/, "", s)
	if (s == "self") return dir "/bin/" name
	if (s == "loader") return loader
	if (s == "ip") return ip
	if (s ~ /^(bin|tmp|open|good)\//) return dir "/" s
	return s
}
function user_of(name) { return match(subject[name], /@/) ? substr(subject[name], RSTART + 1) : "0" }

function field(line, key,   text) {
	if (!match(line, "\"" key "\":(\"[^\"]*\"|[0-9]+)")) return ""
	text = substr(line, RSTART, RLENGTH)
	sub(/^"[^"]*":/, "", text)
	gsub(/"/, "", text)
	return text
}

# A denial that names the subject; of another program than the attempt's own, in the attempt's time.
function is_named(name,   i, program, user) {
	program = program_of(name)
	user = user_of(name)
	for (i = 1; i <= events; i++) {
		if (event_uid[i] != user || index(event_exe[i], program) != 1) continue
		if (program !~ /:$/ && event_exe[i] != program) continue
		# What is older than the policy is cut as soon as that is in force, before it goes on.
		if (event_time[i] < from[name] && !has(name, "early")) continue
		if (event_exe[i] != dir "/bin/" name && event_time[i] > to[name]) continue
		return 1
	}
	return 0
}

function heard(name,   i, text) {
	for (i = 1; i <= events; i++)
		if (event_time[i] >= from[name] && event_time[i] <= to[name])
			text = text "\n#   event of " event_exe[i] " uid " event_uid[i]
	return text ? text : "\n#   no event at all in its time"
}

function complaint(name, e) {
	if (!("bare " name in came)) return "was not tried"
	if (e == "absent") return came["bare " name] == "arrived" ? "works here, the table says that it is absent" : ""
	if (came["bare " name] != "arrived") {
		if (!known && has(name, "option")) { absent++; return "" }
		return "does not work even with nothing attached (status " status["bare " name] ")"
	}
	if (has(name, "always")) {
		if (came["allow " name] == "arrived") return "the table says that it is refused always, and it works"
	} else if (came["allow " name] != "arrived")
		return "does not work under a policy that allows it (status " status["allow " name] ")"
	if (e == "permitted")
		return came["deny " name] == "arrived" ? "" : "is permitted, and does not work (status " status["deny " name] ")"
	if (e == "limit")
		return came["deny " name] == "arrived" ? "" : "is closed now: the table says that it is a limit"
	if (came["deny " name] == "arrived") return "GETS THROUGH"
	if (!is_named(name)) return "fails, but no denial names " program_of(name) " of user " user_of(name) heard(name)
	return ""
}

# Whether a round should let it through; those that are refused by the kernel itself are no part of it.
function should_arrive(name, round,   e) {
	e = expected(name)
	if (e == "absent") return 0
	if (round == "bare") return 1
	if (came["bare " name] != "arrived") return 0
	return round == "allow" ? !has(name, "always") : e == "limit" || e == "permitted"
}

FNR == 1 { file++ }
file == 1 && (/^#/ || !NF) { next }
file == 1 {
	n = split($0, part, "|")
	split(part[1], c, " ")
	name = c[1]
	order[++rows] = name
	by_kernel[name] = c[kernel == "6.1" ? 2 : kernel == "6.12" ? 3 : kernel == "6.18" ? 4 : 5]
	without_lsm[name] = c[6]
	at_root[name] = c[7]
	subject[name] = c[8]
	marks[name] = c[9]
	what[name] = trim(part[2])
	hook[name] = trim(part[3])
	next
}
file >= 2 && file <= 4 && NF == 5 {
	round = file == 2 ? "bare" : file == 3 ? "allow" : "deny"
	came[round " " $1] = $2
	status[round " " $1] = $3
	if (round == "deny") { from[$1] = $4; to[$1] = $5 }
	next
}
file == 5 && /"verdict":"deny"/ {
	events++
	event_exe[events] = field($0, "executable")
	event_uid[events] = field($0, "uid")
	event_time[events] = field($0, "time")
}

END {
	if (wanted) rows = split(wanted, order, " ")
	for (i = 1; missing && i <= rows; i++)
		if (should_arrive(order[i], missing) && came[missing " " order[i]] != "arrived") print order[i]
	if (missing) exit
	for (i = 1; i <= rows; i++) {
		name = order[i]
		e = expected(name)
		c0 = absent
		why = complaint(name, e)
		if (absent > c0) e = "absent"
		else if (e == "absent" && !why) absent++
		count[e]++
		by = e == "closed" ? ", closed by " hook[name] : ", " e
		print (why ? 1 : 0), name ": " what[name] by
		if (why) print "# " name " " why
	}
	print "= " rows - count["permitted"], "attempts:", count["closed"] + 0, "closed,", count["limit"] + 0, "limits,", count["absent"] + 0, "absent on", kernel
}
