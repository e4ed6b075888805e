// The Clojure program the JVM runs: reads a history and options, calls Elle, prints the answer as EDN.

/** Arguments: the history's file and the options' file. Ops become jepsen.history records where that library is there. */
export const elleScript = `
(require '[clojure.edn :as edn] '[clojure.java.io :as io])
(defn read-all [file]
  (with-open [in (java.io.PushbackReader. (io/reader file))]
    (doall (take-while (fn [x] (not= x ::end)) (repeatedly (fn [] (edn/read {:eof ::end} in)))))))
(let [[history-file options-file] *command-line-args*
      {:keys [workload options]} (first (read-all options-file))
      ops (vec (read-all history-file))
      history (try (require 'jepsen.history)
                   ((resolve 'jepsen.history/history) (map (resolve 'jepsen.history/as-op) ops))
                   (catch java.io.FileNotFoundException _ ops))
      space (symbol (str "elle." (name workload)))
      graphs {:process 'elle.core/process-graph :realtime 'elle.core/realtime-graph}
      _ (require space 'elle.core)
      options (if-let [names (:additional-graphs options)]
                (assoc options :additional-graphs (mapv (fn [n] (deref (resolve (graphs n)))) names))
                options)
      options (if-let [order (:transaction-order options)]
                (assoc options :transaction-order (into {} (map (fn [[k v]] [(Long/parseLong (name k)) v]) order)))
                options)
      answer ((resolve (symbol (name space) "check")) options history)]
  (binding [*print-length* nil *print-level* nil]
    (prn (select-keys answer [:valid? :anomaly-types :not :also-not :anomalies])))
  (flush)
  (shutdown-agents)
  (System/exit 0))
`;
