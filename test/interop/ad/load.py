#!/usr/bin/python3
"""load.py SMB.CONF FILE.ldif ...: loads LDIF into the database of a Samba domain controller that is not running.

DC=X becomes its domain; a change of the empty name reads the schema again; `password: word` is a password.
"""
import base64
import re
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

parameters = LoadParm()
parameters.load(sys.argv[1])
database = SamDB(
    url=parameters.private_path('sam.ldb'), session_info=system_session(parameters), lp=parameters
)


def password(match):
    quoted = f'"{match[1]}"'.encode('utf-16-le')
    return 'unicodePwd:: ' + base64.b64encode(quoted).decode()


for name in sys.argv[2:]:
    with open(name, encoding='utf-8') as file:
        text = file.read().replace('DC=X', str(database.domain_dn()))
    text = re.sub('^password: (.*)$', password, text, flags=re.MULTILINE)
    database.transaction_start()
    for change, message in database.parse_ldif(text):
        if str(message.dn) == '':
            database.transaction_commit()
            database.set_schema_update_now()
            database.transaction_start()
        elif change == ldb.CHANGETYPE_ADD:
            database.add(message)
        else:
            database.modify(message)
    database.transaction_commit()
