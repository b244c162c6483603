/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd: reads what it is told, starts, serves, ends. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/background.h"
#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/options.h"
#include "daemon/version.h"
#include "worker/worker.h"

enum { EXIT_CANNOT = 1, EXIT_USAGE = 2 };

/* What the command line, the file and the defaults say together. */
static int settle(const struct options *o, struct diags *d, struct config *ret)
{
	_cleanup_config_ struct config file = CONFIG_INIT, c = CONFIG_INIT;
	const char *path = o->config_file ? o->config_file : CONFIG_FILE;
	int r = config_read(path, o->config_file != NULL, d, &file);

	if (r == 0)
		r = config_complete(&c, &o->config);
	if (r == 0)
		r = config_complete(&c, &file);
	if (r == 0)
		r = config_default(&c, d);
	if (r < 0)
		return r;
	*ret = c;
	c = CONFIG_INIT;
	return 0;
}

static const struct options *given; /* for SIGHUP */

/* SIGHUP: everything in the file takes a restart, so it is only checked. */
static void reload(struct controller *c)
{
	_cleanup_config_ struct config now = CONFIG_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	if (settle(given, &d, &now) < 0) {
		log_diags(&d);
		log_error("the settings have errors; what was read before stays");
		return;
	}
	for (int i = 0; i < CONFIG_TEXTS; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): settle() left none empty */
		if (strcmp(now.text[i], c->config->text[i]) != 0)
			log_warning("%s has changed; try: systemctl restart posternd",
				    config_key((enum config_text)i));
}

static int detach(const struct config *config)
{
	const struct loader_config cfg = controller_loader_config(config);
	int r = loader_detach(&cfg);

	if (r < 0) {
		log_error("cannot remove links and maps in %s: %s; try: %s", cfg.pin, strerror(-r),
			  r == -ENOTEMPTY ? "stop posternd first" : "as root");
		return EXIT_CANNOT;
	}
	log_warning("detached: nothing is enforced any more");
	return EXIT_SUCCESS;
}

/* Ready: who started us may go on. */
static int announce(struct background *b)
{
	int r = notify("READY=1");

	if (r < 0)
		log_warning("systemd cannot be told: %s", strerror(-r));
	if (b->ready >= 0)
		log_to_syslog();
	return background_ready(b);
}

static int serve(const struct options *o, const struct config *config)
{
	struct controller c = CONTROLLER_INIT;
	struct background b = BACKGROUND_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = o->foreground ? 0 : background_start(&b);

	given = o;
	c.reload = reload;
	if (r == 0)
		r = controller_start(&c, config, &d);
	log_diags(&d);
	if (r == 0)
		r = announce(&b);
	if (r == 0)
		r = controller_run(&c);
	else if (d.errors == 0)
		log_error("cannot start: %s", strerror(-r));
	controller_stop(&c);
	return r == 0 ? EXIT_SUCCESS : EXIT_CANNOT;
}

int main(int argc, char **argv)
{
	_cleanup_options_ struct options o = OPTIONS_INIT;
	_cleanup_config_ struct config config = CONFIG_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	if (argc == 1 && strcmp(argv[0], WORKER_NAME) == 0)
		worker_serve();
	log_start();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)umask(022);
	if (options_read(argc, argv, &d, &o) < 0) {
		log_diags(&d);
		return EXIT_USAGE;
	}
	if (o.help || o.version) {
		(void)fputs(o.help ? options_usage() : "posternd " POSTERN_VERSION "\n", stdout);
		return EXIT_SUCCESS;
	}
	if (settle(&o, &d, &config) < 0) {
		log_diags(&d);
		return EXIT_USAGE;
	}
	return o.detach ? detach(&config) : serve(&o, &config);
}
