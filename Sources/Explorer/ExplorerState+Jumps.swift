extension ExplorerState {
  /// How many jumps can be gone back over.
  private static let departureLimit = 20

  /// Runs `body`; when it leads to another place, the one it began at can be gone back to.
  mutating func jumping<R>(_ body: (inout ExplorerState) -> R) -> R {
    var departure = screens
    let place = screen.screen.place
    let context = filteredContext()
    departure[departure.count - 1].change { $0.dropLines(context) }
    let result = body(&self)
    if screens.count != departure.count || screen.screen.place != place {
      departures.append(departure)
      if departures.count > ExplorerState.departureLimit { departures.removeFirst() }
    }
    return result
  }

  /// Goes back to where the last jump began.
  mutating func goBack() -> [Effect] {
    guard let departure = departures.popLast() else {
      message = "no jump to go back over; q closes this view"
      return []
    }
    screens = departure
    refreshScreen()
    return requests()
  }
}
