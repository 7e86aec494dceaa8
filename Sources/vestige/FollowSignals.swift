import Glibc

/// The signals that end following: held back, so that what is being written is finished first.
struct FollowSignals {
  private let signals: sigset_t

  /// From now on the signals wait to be asked for.
  init() {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, signal) }
    sigprocmask(SIG_BLOCK, &set, nil)
    signals = set
  }

  /// Whether one has come.
  var isPending: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return [SIGINT, SIGTERM, SIGHUP].contains { sigismember(&pending, $0) == 1 }
  }

  /// Waits for a signal; nil when none came in time.
  func wait(_ duration: Duration) -> Int32? {
    var set = signals
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    let signal = sigtimedwait(&set, nil, &time)
    return signal > 0 ? signal : nil
  }
}

extension StandardStream {
  /// Whether nobody reads any more what is written to a pipe.
  var isAbandoned: Bool {
    var place = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&place, 1, 0) > 0 && place.revents & Int16(POLLERR) != 0
  }
}
