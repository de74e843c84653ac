package dev.assay.worker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Behaves towards whoever starts it as perftest's programs do: a server listens, takes one connection and prints the client's
 * figures; a client connects to the address that ends its command line; tables come out at the end, as theirs do when nobody
 * watches. It moves nothing. Arguments: the program's name, how it misbehaves, then the program's own.
 */
final class FakePerftest {
    private static final double GIGABITS = 391.87;
    private static final double MICROS = 2.14;

    private FakePerftest() {}

    public static void main(String[] arguments) throws IOException {
        boolean latency = arguments[0].equals("ib_write_lat");
        String mode = arguments[1];
        Options options = Options.of(List.of(arguments).subList(2, arguments.length));
        if (mode.equals("no-gpu") && options.gpu) {
            end("Couldn't allocate MR\n failed to create mr\n Couldn't create IB resources");
        }
        if (options.device.isEmpty() || (mode.equals("no-device") && options.host.isEmpty())) {
            end(" IB device " + options.device + " not found\n Unable to find the Infiniband/RoCE device");
        }
        if (options.host.isEmpty()) {
            serve(latency, mode, options);
        } else {
            call(latency, mode, options);
        }
    }

    private static void serve(boolean latency, String mode, Options options) throws IOException {
        try (ServerSocket server = new ServerSocket(options.port);
                Socket client = server.accept();
                DataInputStream in = new DataInputStream(client.getInputStream())) {
            long bytes = in.readLong();
            long iterations = in.readLong();
            double told = in.readDouble();
            print(latency, bytes, iterations, mode.equals("liar") ? told / 2 : told);
        }
    }

    private static void call(boolean latency, String mode, Options options) throws IOException {
        try (Socket server = connect(options);
                DataOutputStream out = new DataOutputStream(server.getOutputStream())) {
            if (mode.equals("client-fails")) {
                end(" Completion with error at client\n Failed status 12: wr_id 0 syndrom 0x81\n" + "scnt=128, ccnt=0");
            }
            long iterations = options.iterations * options.queuePairs;
            out.writeLong(options.bytes);
            out.writeLong(iterations);
            out.writeDouble(latency ? MICROS : GIGABITS);
            if (mode.equals("garbage")) {
                System.out.println("#bytes #iterations and then nothing that anybody could read");
            } else {
                print(latency, options.bytes, iterations, latency ? MICROS : GIGABITS);
            }
        }
    }

    private static Socket connect(Options options) {
        try {
            return new Socket(options.host, options.port);
        } catch (IOException e) {
            end("Couldn't connect to " + options.host + ":" + options.port
                    + "\n Unable to open file descriptor for socket connection Unable to init the socket connection");
            throw new IllegalStateException(e);
        }
    }

    private static void end(String words) {
        System.err.println(words);
        System.exit(1);
    }

    private static void print(boolean latency, long bytes, long iterations, double value) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        String line = "-".repeat(87) + "\n";
        out.print(line + "                    RDMA_Write " + (latency ? "Latency" : "BW") + " Test\n" + line);
        if (latency) {
            out.print(
                    " #bytes #iterations    t_min[usec]    t_max[usec]  t_typical[usec]    t_avg[usec]    t_stdev[usec]"
                            + "   99% percentile[usec]   99.9% percentile[usec] \n");
            out.printf(
                    Locale.ROOT,
                    " %-7d %d          %-7.2f        %-7.2f      %-7.2f  \t       %-7.2f     \t%-7.2f\t\t%-7.2f \t\t%-7.2f\n",
                    bytes,
                    iterations,
                    value - 0.05,
                    value * 4,
                    value,
                    value,
                    0.0,
                    value + 0.2,
                    value * 2);
        } else {
            out.print(" #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]\n");
            out.printf(
                    Locale.ROOT,
                    " %-7d    %-10d       %-7.2f            %-7.2f\t\t     %-7.6f\n",
                    bytes,
                    iterations,
                    0.0,
                    value,
                    value * 125 / bytes);
        }
        out.print(line);
        out.flush();
    }

    /** Of perftest's, those that are used; whatever else it is called with is a mistake. */
    private record Options(
            String device,
            int port,
            long bytes,
            long iterations,
            int queuePairs,
            boolean gpu,
            String host,
            Optional<String> gid) {
        static Options of(List<String> words) {
            String device = "";
            int port = 18_515;
            long bytes = 65_536;
            long iterations = 5_000;
            int queuePairs = 1;
            boolean gpu = false;
            Optional<String> gid = Optional.empty();
            List<String> rest = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                switch (word) {
                    case "--report_gbits", "--noPeak", "-F", "--use_cuda_dmabuf" -> gpu |= word.startsWith("--use");
                    case "-d" -> device = words.get(++i);
                    case "-i" -> i++;
                    case "-x" -> gid = Optional.of(words.get(++i));
                    case "-p" -> port = Integer.parseInt(words.get(++i));
                    case "-s" -> bytes = Long.parseLong(words.get(++i));
                    case "-n" -> iterations = Long.parseLong(words.get(++i));
                    case "-q" -> queuePairs = Integer.parseInt(words.get(++i));
                    default -> {
                        if (word.startsWith("--use_cuda_bus_id=")) {
                            gpu = true;
                        } else if (word.startsWith("-")) {
                            throw new IllegalArgumentException("no option of perftest that is used here: " + word);
                        } else {
                            rest.add(word);
                        }
                    }
                }
            }
            return new Options(
                    device, port, bytes, iterations, queuePairs, gpu, rest.isEmpty() ? "" : rest.get(0), gid);
        }
    }
}
