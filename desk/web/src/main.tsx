import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import './styles/tokens.css'
import './styles/fonts.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/overlays.css'
import './styles/message.css'
import './styles/shell.css'
import './styles/header.css'
import './styles/query.css'
import './styles/sign-in.css'
import './styles/mentions.css'
import './styles/facets.css'
import './styles/reading.css'
import './styles/correcting.css'
import './styles/media.css'
import './styles/conversation.css'
import './styles/watch.css'
import './styles/sources.css'
import './styles/tables.css'
import './styles/words.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
