# SPDX-License-Identifier: BSD-2-Clause
# Who attacks the control socket, for control.sh: perl control.pl ATTACK SOCKET [NUMBER]. Each prints what it saw, and
# exits with 0 if that is what a sound controller does.
use strict;
use warnings;
use IO::Socket::UNIX;
use IO::Select;
use Time::HiRes qw(sleep time);
use Socket qw(SHUT_WR);
$SIG{PIPE} = "IGNORE";
$| = 1;
my ($attack, $path, $number) = @ARGV;
$number //= 16;

sub plug { return IO::Socket::UNIX->new(Peer => $path) }
# What comes back within some seconds, to the end or to so many NULs; and whether the end came.
sub hear {
	my ($s, $seconds, $messages) = @_;
	my ($said, $until) = ("", time + $seconds);
	while (time < $until) {
		next unless IO::Select->new($s)->can_read($until - time);
		my $n = sysread($s, my $bytes, 65536);
		return ($said, 1) if !$n;
		$said .= $bytes;
		return ($said, 0) if $messages && ($said =~ tr/\0//) >= $messages;
	}
	return ($said, 0);
}
sub put {
	my ($s, $bytes) = @_;
	my $at = 0;
	while ($at < length $bytes) {
		my $n = syswrite($s, $bytes, 65536, $at) // return 0;
		$at += $n;
	}
	return 1;
}
my $info = "{\"method\":\"org.varlink.service.GetInfo\"}\0";
my $status = "{\"method\":\"org.postern.Controller.GetStatus\"}\0";
my $bad = 0;
sub wrong { print "@_\n"; $bad++ }

my %attacks = (
	# What is no message or no call: its connection ends, without an answer or with an error.
	malformed => sub {
		my @texts = (
			"\0", "\0\0\0\0", "x\0", "[]\0", "null\0", "{}\0", "{\"method\":7}\0", "{\"method\":\"\"}\0", "{\"method\":null}\0",
			"{\"method\":\"a\",\"method\":\"b\"}\0", "{\"method\":\"org.postern.Controller.GetStatus\",\"parameters\":[]}\0",
			"{\"method\":\"org.postern.Controller.GetStatus\",\"more\":1}\0",
			"{\"method\":\"org.postern.Controller.GetStatus\",\"more\":true,\"oneway\":true}\0",
			"{\"method\":\"org.postern.Controller.Why\",\"parameters\":{\"id\":{\"a\":[]}}}\0",
			"{\"method\":\"org.postern.Controller.Why\",\"parameters\":{\"id\":\"" . "%n" x 4000 . "\"}}\0",
			"{\"method\":\"org.postern.Controller.Trace\",\"more\":true,\"parameters\":{\"last\":-1}}\0",
			"{\"method\":\"" . "A" x 60000 . "\"}\0", "[" x 60000 . "\0", "{\"a\":" x 10000 . "\0", "\xff\xfe{}\0",
			"{\"method\":\"\\ud800\"}\0", "{\"method\":\"\xc0\xaf\"}\0", "{\"method\":\"x\"} trailing\0",
			"{\"method\":\"x\",\"parameters\":{\"n\":1e999}}\0", "{\"method\":\"x\",\"parameters\":{\"n\":" . "9" x 5000 . "}}\0",
			"GET / HTTP/1.1\r\n\r\n\0", "\x16\x03\x01\0", join("", map { chr(int rand 256) } 1 .. 5000) . "\0",
		);
		for my $text (@texts) {
			my $s = plug() or return wrong("cannot connect");
			put($s, $text);
			my ($said, $ended) = hear($s, 10, 1);
			my $shown = substr($text, 0, 40);
			wrong("no answer and no end: $shown") if !$ended && $said eq "";
			wrong("taken for a good call: $shown") if $said =~ /^\{"parameters"/;
		}
		print scalar(@texts), " texts\n";
	},
	# A message of more than anybody but an admin may send.
	huge => sub {
		for my $end ("\0", "") {
			my $s = plug() or return wrong("cannot connect");
			put($s, "{\"method\":\"org.postern.Controller.Push\",\"parameters\":{\"bundle\":\"" . "A" x 300000 . "\"}}$end");
			my ($said, $ended) = hear($s, 10);
			wrong("no end: ", substr($said, 0, 100)) if !$ended;
		}
	},
	# As many connections as there may be, each a byte now and then, for some seconds.
	slow => sub {
		my @all = grep { $_ } map { plug() } 1 .. 16;
		my $text = $info;
		for my $i (0 .. 9) {
			syswrite($_, substr($text, $i, 1)) for @all;
			sleep 0.1;
		}
		print scalar(@all), " connections\n";
	},
	# A stranger that sends a byte every so often has no longer than one that sends none.
	slowest => sub {
		my $s = plug() or return wrong("cannot connect");
		my $from = time;
		while (time - $from < 170) {
			syswrite($s, " ");
			my ($said, $ended) = hear($s, 5);
			return print "ended after ", int(time - $from), " s\n" if $ended;
		}
		wrong("still there after 170 s");
	},
	# All that was asked before the end is answered; half a call is none.
	half => sub {
		my $s = plug() or return wrong("cannot connect");
		put($s, $info x 30);
		shutdown($s, SHUT_WR);
		my ($said, $ended) = hear($s, 10);
		my $n = $said =~ tr/\0//;
		wrong("$n answers, end: $ended") if $n != 30 || !$ended;
		$s = plug();
		put($s, substr($info, 0, 20));
		shutdown($s, SHUT_WR);
		($said, $ended) = hear($s, 10);
		wrong("half a call was answered: $said") if $said ne "" || !$ended;
	},
	# More connections than one user may have: the rest is closed at once.
	many => sub {
		my @all = grep { $_ } map { plug() } 1 .. 100;
		sleep 0.5;
		my $open = 0;
		for my $s (@all) {
			put($s, $info) or next;
			my ($said) = hear($s, 5, 1);
			$open++ if $said =~ /^\{"parameters"/;
		}
		print "$open of ", scalar(@all), " are served\n";
		$bad++ if $open != $number;
	},
	# Hold them until somebody ends us.
	hold => sub {
		my @all = grep { $_ } map { plug() } 1 .. $number;
		print "held\n";
		sleep 600;
	},
	# Calls without an end, whose answers are read or not; and such as want none.
	pipelined => sub {
		my $until = time + 1.5;
		my @all = grep { $_ } map { plug() } 1 .. 4;
		$_->blocking(0) for @all;
		my $block = ($info . "{\"method\":\"org.varlink.service.GetInfo\",\"oneway\":true}\0" x 50) x 20;
		while (time < $until) {
			for my $i (0 .. $#all) {
				syswrite($all[$i], $block);
				sysread($all[$i], my $bytes, 1 << 20) if $i % 2;
			}
			sleep 0.001;
		}
	},
	# Who leaves in the middle of an answer, or with everything unread.
	leaving => sub {
		for my $i (1 .. $number) {
			my $s = plug() or next;
			put($s, $status x (1 + $i % 10));
			sysread($s, my $bytes, 10) if $i % 2;
			setsockopt($s, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0)) if $i % 3 == 0;
			close $s;
		}
	},
	# What only others may: each is refused, and changes nothing.
	forbidden => sub {
		for my $method (qw(Push Confirm Rollback RotateRoot SetMode Detach GetStatus Why Trace GetBundles)) {
			my $s = plug() or return wrong("cannot connect");
			put($s, "{\"method\":\"org.postern.Controller.$method\",\"more\":true,\"parameters\":{\"mode\":\"observe\",\"forMs\":60000,\"reason\":\"x\",\"bundle\":\"\"}}\0");
			my ($said) = hear($s, 10, 1);
			wrong("$method: $said") if $said !~ /NotAllowed/;
		}
	},
);
$attacks{$attack}->();
exit($bad ? 1 : 0);
