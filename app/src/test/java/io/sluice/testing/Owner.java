package io.sluice.testing;

import io.sluice.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The database's owner at a console of his own: sees everything, may change everything. For tests that tamper. */
public final class Owner {

    private Owner() {}

    public static Connection connection() throws SQLException {
        String url = EmbeddedPostgresServer.start(Server.shared().home()).url();
        return DriverManager.getConnection("jdbc:" + url.replaceFirst("//[^@]*@", "//"), "postgres", "postgres");
    }

    /** Rows changed. */
    public static int update(String sql, @Nullable Object... arguments) {
        try (Connection connection = connection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Turns a row into a value. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    public static <T> List<T> query(String sql, Reader<T> reader, @Nullable Object... arguments) {
        try (Connection connection = connection();
                var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            List<T> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(reader.read(rows));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public static long count(String sql, @Nullable Object... arguments) {
        return query(sql, row -> row.getLong(1), arguments).getFirst();
    }
}
