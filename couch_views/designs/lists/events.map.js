function (doc) {
  // [by, state, type, start, event]: by "id" or by "start"; "0" in place of a value is whichever it is.
  if (doc.kind !== "event") {
    return;
  }
  var texts = [doc.id, doc.state, doc.type, doc.start_datetime];
  for (var i = 0; i < texts.length; i += 1) {
    if (typeof texts[i] !== "string") {
      return;
    }
  }
  function hex(text) {
    var units = "";
    for (var at = 0; at < text.length; at += 1) {
      units += ("000" + text.charCodeAt(at).toString(16)).slice(-4);
    }
    return units;
  }
  var id = ("00000000000000000000" + doc.id).slice(-20);
  var start = doc.start_datetime.replace(/[^0-9]/g, "");
  ["0", doc.state].forEach(function (state) {
    ["0", hex(doc.type)].forEach(function (type) {
      emit(["id", state, type, "0", id], null);
      emit(["start", state, type, start, id], null);
    });
  });
}
