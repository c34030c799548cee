package io.sluice.load;

import java.util.List;

/**
 * Processor time at one moment: of the server, of its database, of this client, of the whole machine, in seconds.
 *
 * @param foreign used by anything else
 */
record Usage(double server, double database, double client, double foreign) {

    /** Whose use is asked for. The database's processes count with all below them and not as the server's. */
    record Watched(List<String> server, List<String> database) {

        static Watched of(Options options) {
            return new Watched(options.list("pids", ""), options.list("db-pids", ""));
        }

        Usage now() {
            var self = List.of(Processes.self());
            double app = Processes.cpu(server);
            double db = Processes.cpuWithChildren(database);
            double client = Processes.cpu(self);
            return new Usage(app, db, client, Processes.busy() - app - db - client);
        }

        double residentMegabytes() {
            return Processes.residentMegabytes(server);
        }
    }

    Usage since(Usage before) {
        return new Usage(
                server - before.server, database - before.database, client - before.client, foreign - before.foreign);
    }

    /** Writes the use per piece of work, and how many cores others kept busy. */
    void report(Report report, long pieces, double seconds) {
        double each = 1e6 / Math.max(pieces, 1);
        report.put("cpuMicros", server * each)
                .put("dbCpuMicros", database * each)
                .put("clientCpuMicros", client * each)
                .put("cpuSeconds", server)
                .put("foreignCores", Math.max(0, foreign) / Math.max(seconds, 0.001));
    }
}
