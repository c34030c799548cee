package io.sluice.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel says of processes on this machine: processor time and memory. Zero for a process that is gone. */
final class Processes {

    /** Of the kernel's interface to user programs, 100 on every Linux. */
    private static final double TICKS_A_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int CHILDREN_USER_TIME = 13;
    private static final int CHILDREN_SYSTEM_TIME = 14;

    private Processes() {}

    /** User and system time of these processes alone, in seconds. */
    static double cpu(List<String> pids) {
        return pids.stream()
                        .mapToDouble(pid -> ticks(pid, USER_TIME, SYSTEM_TIME))
                        .sum()
                / TICKS_A_SECOND;
    }

    /** The same with all processes below them, living or waited for: PostgreSQL's, whose connections are processes. */
    static double cpuWithChildren(List<String> pids) {
        return pids.stream()
                        .flatMap(Processes::family)
                        .mapToDouble(
                                pid -> ticks(pid, USER_TIME, SYSTEM_TIME, CHILDREN_USER_TIME, CHILDREN_SYSTEM_TIME))
                        .sum()
                / TICKS_A_SECOND;
    }

    static double residentMegabytes(List<String> pids) {
        return pids.stream().mapToDouble(Processes::resident).sum() / 1024;
    }

    /** Time the whole machine was not idle, in seconds. */
    static double busy() {
        var words = read("/proc/stat").lines().findFirst().orElse("").split("\\s+");
        double ticks = 0;
        for (int i = 1; i < Math.min(words.length, 9); i++) {
            ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(words[i]);
        }
        return ticks / TICKS_A_SECOND;
    }

    static String self() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static Stream<String> family(String pid) {
        var below = ProcessHandle.of(Long.parseLong(pid)).stream()
                .flatMap(ProcessHandle::descendants)
                .map(child -> Long.toString(child.pid()));
        return Stream.concat(Stream.of(pid), below);
    }

    private static double ticks(String pid, int... fields) {
        var stat = read("/proc/" + pid + "/stat");
        var words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        double sum = 0;
        for (int field : fields) {
            sum += field < words.length ? Double.parseDouble(words[field]) : 0;
        }
        return sum;
    }

    private static double resident(String pid) {
        return read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .sum();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException _) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
