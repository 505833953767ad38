/*
 * Pidgin without windows: the SIMPLE protocol of libpurple, driven by lines on standard input.
 *   send ADDRESS TEXT    watch ADDRESS    quit
 * prints the trace of libpurple, and:
 *   signed on | message ADDRESS: TEXT | sees ADDRESS: online|offline | error TEXT
 * Arguments: folder for its files, user@domain, file with the password, host, port, udp or tcp.
 */
#include <purple.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static GMainLoop *loop;
static PurpleAccount *account;

static void say(const char *what, const char *more)
{
	printf("%s%s\n", what, more ? more : "");
	fflush(stdout);
}

/* The event loop of GLib, as libpurple's own example has it. */
typedef struct {
	PurpleInputFunction function;
	gpointer data;
} Watch;

static gboolean invoke(GIOChannel *source, GIOCondition condition, gpointer data)
{
	Watch *watch = data;
	PurpleInputCondition purple = 0;
	if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) purple |= PURPLE_INPUT_READ;
	if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL)) purple |= PURPLE_INPUT_WRITE;
	watch->function(watch->data, g_io_channel_unix_get_fd(source), purple);
	return TRUE;
}

static guint add_input(gint fd, PurpleInputCondition condition, PurpleInputFunction function, gpointer data)
{
	Watch *watch = g_new0(Watch, 1);
	GIOCondition wanted = 0;
	watch->function = function;
	watch->data = data;
	if (condition & PURPLE_INPUT_READ) wanted |= G_IO_IN | G_IO_HUP | G_IO_ERR;
	if (condition & PURPLE_INPUT_WRITE) wanted |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
	GIOChannel *channel = g_io_channel_unix_new(fd);
	guint id = g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, wanted, invoke, watch, g_free);
	g_io_channel_unref(channel);
	return id;
}

static PurpleEventLoopUiOps event_loop = {
	g_timeout_add, g_source_remove, add_input, g_source_remove, NULL, g_timeout_add_seconds, NULL, NULL, NULL
};

static void on_signed_on(PurpleConnection *connection, gpointer data)
{
	say("signed on", NULL);
}

static void on_error(PurpleAccount *failed, PurpleConnectionError kind, const char *text, gpointer data)
{
	say("error ", text);
}

static void on_message(PurpleAccount *to, char *from, char *text, PurpleConversation *conversation, int flags)
{
	char *plain = purple_markup_strip_html(text);
	char *line = g_strdup_printf("%s: %s", from, plain);
	say("message ", line);
	g_free(line);
	g_free(plain);
}

static void on_buddy(PurpleBuddy *buddy, gpointer data)
{
	char *line = g_strdup_printf("%s: %s", purple_buddy_get_name(buddy), (const char *) data);
	say("sees ", line);
	g_free(line);
}

static void watch_presence(const char *address)
{
	PurpleBuddy *buddy = purple_buddy_new(account, address, NULL);
	purple_blist_add_buddy(buddy, NULL, NULL, NULL);
	purple_account_add_buddy(account, buddy);
}

static gboolean on_line(GIOChannel *source, GIOCondition condition, gpointer data)
{
	char *line = NULL;
	gsize end = 0;
	if (g_io_channel_read_line(source, &line, NULL, &end, NULL) != G_IO_STATUS_NORMAL || g_str_has_prefix(line, "quit")) {
		purple_account_disconnect(account);
		g_main_loop_quit(loop);
		return FALSE;
	}
	line[end] = '\0';
	char **words = g_strsplit(line, " ", 3);
	if (g_strv_length(words) == 3 && strcmp(words[0], "send") == 0)
		serv_send_im(purple_account_get_connection(account), words[1], words[2], 0);
	if (g_strv_length(words) == 2 && strcmp(words[0], "watch") == 0)
		watch_presence(words[1]);
	g_strfreev(words);
	g_free(line);
	return TRUE;
}

int main(int argc, char **argv)
{
	static int handle;
	char *password;
	if (argc != 7 || !g_file_get_contents(argv[3], &password, NULL, NULL)) return 64;
	/* libpurple makes tags, branches and Call-IDs with rand(): two runs with the same ones would be one transaction. */
	srand(getpid());
	loop = g_main_loop_new(NULL, FALSE);
	purple_util_set_user_dir(argv[1]);
	purple_debug_set_enabled(TRUE);
	purple_eventloop_set_ui_ops(&event_loop);
	if (!purple_core_init("meridian-interop")) return 1;
	purple_set_blist(purple_blist_new());
	purple_signal_connect(purple_connections_get_handle(), "signed-on", &handle, PURPLE_CALLBACK(on_signed_on), NULL);
	purple_signal_connect(purple_accounts_get_handle(), "account-connection-error", &handle,
		PURPLE_CALLBACK(on_error), NULL);
	purple_signal_connect(purple_conversations_get_handle(), "received-im-msg", &handle,
		PURPLE_CALLBACK(on_message), NULL);
	purple_signal_connect(purple_blist_get_handle(), "buddy-signed-on", &handle, PURPLE_CALLBACK(on_buddy), "online");
	purple_signal_connect(purple_blist_get_handle(), "buddy-signed-off", &handle, PURPLE_CALLBACK(on_buddy), "offline");
	account = purple_account_new(argv[2], "prpl-simple");
	purple_account_set_password(account, password);
	purple_account_set_bool(account, "useproxy", TRUE);
	purple_account_set_string(account, "proxy", argv[4]);
	purple_account_set_int(account, "port", atoi(argv[5]));
	purple_account_set_bool(account, "udp", strcmp(argv[6], "udp") == 0);
	purple_account_set_enabled(account, "meridian-interop", TRUE);
	purple_savedstatus_activate(purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE));
	GIOChannel *input = g_io_channel_unix_new(STDIN_FILENO);
	g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_line, NULL);
	g_main_loop_run(loop);
	return 0;
}
