function (doc) {
  // [by, state, event, order, market]: by "id" or by "event"; "0" in place of a value is whichever it is.
  if (doc.kind !== "market") {
    return;
  }
  var texts = [doc.id, doc.state, doc.event_id];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  if (typeof doc.display_order !== "number") {
    return;
  }
  function digits(number) {
    return ("00000000000000000000" + number).slice(-20);
  }
  var id = digits(doc.id);
  var event = digits(doc.event_id);
  ["0", doc.state].forEach(function (state) {
    emit(["id", state, "0", "0", id], null);
    emit(["id", state, event, "0", id], null);
    emit(["event", state, event, digits(doc.display_order), id], null);
  });
}
