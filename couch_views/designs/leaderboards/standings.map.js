function (doc) {
  // [board, period and scope, audience, key, account]: a member's place, on each board that may tell so much.
  if (doc.kind !== "score" || !Array.isArray(doc.listed) || typeof doc.keys !== "object" || doc.keys === null) {
    return;
  }
  if (doc.audience !== "everyone" && doc.audience !== "members") {
    return;
  }
  var texts = [doc.account_id, doc.scope, doc.period];
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
  var account = ("00000000000000000000" + doc.account_id).slice(-20);
  var cell = hex(doc.period + " " + doc.scope);
  doc.listed.forEach(function (board) {
    if (typeof board === "string" && typeof doc.keys[board] === "string") {
      emit([board, cell, doc.audience, doc.keys[board], account], null);
    }
  });
}
