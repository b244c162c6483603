/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that does one thing after another and says how that went: what tests put into a governed
 * cgroup. A test program runs a copy of itself, whose path is then the identity.
 *
 * A script whose interpreter is a test program does the same.
 *
 * Steps, each with its words; the first that fails ends the process with its errno as exit status:
 *   tcp4|tcp6|udp4|udp6 ADDR PORT    connect a socket of that kind; tcp6 takes mapped addresses
 *   mixed ADDR PORT                  an IPv6 socket connects with an IPv4 socket address
 *   send4|send6 ADDR PORT            one datagram from an unconnected socket
 *   unspec4 ADDR PORT                the same with an address of no family
 *   control4|control6 ADDR PORT      connect, then send on the socket with a control message
 *   socket DOMAIN TYPE PROTOCOL      make one
 *   live KIND ADDR PORT READY GO     connect (tcp4 … udp6), make the file READY, and hold the connection until
 *                                    the file GO is there; its end before that is the step's failure
 *   open KIND ADDR PORT              connect, and leave it open, also for the program that follows
 *   uid N, gid N, group N            become that user; have that group; have that supplementary one
 *   groups N                         have so many supplementary groups
 *   thread-uid N                     only this thread becomes that user
 *   unshare                          have a mount namespace of its own
 *   bind FROM TO                     mount one file over another
 *   userns, chroot DIR, cd DIR       have a user namespace; another root; another directory
 *   exec PATH                        go on as that program
 *   memfd PATH                       go on as a copy of it that has no name
 *   deleted PATH                     go on as it after its name was removed
 *   fd PATH                          go on as it, found by a descriptor
 *   ld PATH                          go on as the dynamic loader that runs it
 *   fork                             go on in a child, and end as it ends
 *   touch FILE                       make that file, empty
 *   wait FILE                        until that file is there
 *   loop MS, loop FILE               do the rest again and again for so long, or until the file with that
 *                                    absolute path is there; status 0 if each time went as the first
 *
 * On one socket that the actor holds:
 *   hold DOMAIN TYPE PROTOCOL        make it
 *   name ADDR PORT, listen           bind it, listen on it; name-any-family: with an address of no family
 *   accept MS                        a connection takes its place; ETIMEDOUT when none comes
 *   to ADDR PORT, put                connect it, send a byte on it
 *   say ADDR PORT                    send a datagram
 *   get MS, answer                   receive one, send one back to where it came from
 *   port FILE                        write its port into a file
 *   option LEVEL NAME HEX            set a socket option
 *   give PATH, have PATH             hand it to another process over a Unix socket, and get it there
 *   keep, kept                       keep it for the next program, and have it there
 *   denied STEP …                    that step is to fail with EPERM
 */
#pragma once

/* Runs the steps if `argv` asks for an actor; then it does not return. */
void actor_take(int argc, char **argv);
