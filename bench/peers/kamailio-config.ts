/**
 * Kamailio set up for the same job, by its own documentation: registrar, relay of MESSAGE, presence, users and state in
 * a database. What is chosen in its favour or against is said in docs/peers.md.
 */
export interface KamailioPlaces {
  readonly port: number
  readonly databasePort: number
}

/** Bindings are written before they are answered (`db_mode` 1), as durable as the database is. */
export function kamailioConfig({ port, databasePort }: KamailioPlaces): string {
  const database = `mysql://kamailio:kamailio@127.0.0.1:${databasePort}/kamailio`
  return `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=2
tcp_max_connections=32768
tcp_connection_lifetime=7200
tcp_accept_no_cl=no
auto_aliases=no
alias="example.test"
listen=tcp:127.0.0.1:${port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"

${modules.map((name) => `loadmodule "${name}.so"`).join('\n')}

modparam("auth_db", "db_url", "${database}")
modparam("auth_db", "calculate_ha1", no)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "load_credentials", "")
modparam("auth", "algorithm", "MD5")
modparam("auth", "nonce_expire", 86400)
modparam("usrloc", "db_url", "${database}")
modparam("usrloc", "db_mode", 1)
modparam("usrloc", "hash_size", 14)
modparam("registrar", "received_avp", "$avp(RECEIVED)")
modparam("registrar", "max_expires", 86400)
modparam("nathelper", "received_avp", "$avp(RECEIVED)")
modparam("presence", "db_url", "${database}")
modparam("presence", "server_address", "sip:127.0.0.1:${port};transport=tcp")
modparam("presence", "subs_htable_size", 14)
modparam("presence", "pres_htable_size", 14)
modparam("presence_xml", "db_url", "${database}")
modparam("presence_xml", "force_active", 1)

${routes}`
}

const modules = [
  'tm',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'textops',
  'siputils',
  'xlog',
  'db_mysql',
  'usrloc',
  'registrar',
  'nathelper',
  'auth',
  'auth_db',
  'presence',
  'presence_xml',
]

/** A device is trusted by the connection that it has registered from, as the other server trusts it. */
const routes = `request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) { route(REGISTRAR); exit; }
  if (has_totag()) { route(DIALOG); exit; }
  if (!registered("location", "$fu", 2)) { route(AUTHENTICATE); }
  if (is_method("SUBSCRIBE|PUBLISH")) { route(PRESENCE); exit; }
  if (is_method("MESSAGE|INVITE")) {
    if (!lookup("location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }
    if (!t_relay()) { sl_reply_error(); }
    exit;
  }
  sl_send_reply("405", "Method Not Allowed");
}
route[REGISTRAR] {
  if (!auth_check("example.test", "subscriber", "1")) { auth_challenge("example.test", "1"); exit; }
  fix_nated_register();
  if (!save("location")) { sl_reply_error(); }
}
route[AUTHENTICATE] {
  if (!auth_check("example.test", "subscriber", "1")) { auth_challenge("example.test", "1"); exit; }
  consume_credentials();
}
route[DIALOG] {
  if (is_method("SUBSCRIBE")) { route(PRESENCE); exit; }
  if (loose_route()) { t_relay(); exit; }
  if (is_method("ACK")) { exit; }
  sl_send_reply("404", "Not here");
}
route[PRESENCE] {
  if (!t_newtran()) { sl_reply_error(); exit; }
  if (is_method("PUBLISH")) { handle_publish(); } else { handle_subscribe(); }
  t_release();
}
`
