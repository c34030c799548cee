#!/bin/sh
# Runs once, on an empty volume: the database and the login that owns it, which is no superuser.
# Flyway needs CREATEROLE to make sluice_app, the role without ownership that every pool switches to.
set -e
psql -v ON_ERROR_STOP=1 --no-psqlrc --username postgres --dbname postgres <<'SQL'
\getenv password SLUICE_DATABASE_PASSWORD
CREATE ROLE sluice LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD :'password';
CREATE DATABASE sluice OWNER sluice;
REVOKE CONNECT, TEMPORARY ON DATABASE sluice FROM PUBLIC;
SQL
